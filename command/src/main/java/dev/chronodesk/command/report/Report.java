package dev.chronodesk.command.report;

import static org.axonframework.modelling.command.AggregateLifecycle.isLive;

import dev.chronodesk.command.authorization.Act;
import dev.chronodesk.command.authorization.Facts;
import dev.chronodesk.command.authorization.Timeline;
import dev.chronodesk.db.port.Figures;
import dev.chronodesk.events.report.ReportEvent;
import dev.chronodesk.events.report.ReportId;
import dev.chronodesk.events.report.ReportPublished;
import java.time.Instant;
import java.util.Objects;
import org.axonframework.commandhandling.CommandHandler;
import org.axonframework.eventhandling.Timestamp;
import org.axonframework.eventsourcing.EventSourcingHandler;
import org.axonframework.messaging.MetaData;
import org.axonframework.messaging.annotation.MetaDataValue;
import org.axonframework.modelling.command.AggregateIdentifier;
import org.axonframework.modelling.command.AggregateLifecycle;
import org.axonframework.modelling.command.AggregateRoot;
import org.jspecify.annotations.Nullable;

/** Begins with its publication; nothing can happen to it afterwards. */
@AggregateRoot
@SuppressWarnings("NullAway.Init") // the first event sets what is never null
final class Report {

    @AggregateIdentifier
    @SuppressWarnings("UnusedVariable") // Axon reads it
    private ReportId id;

    private final Timeline timeline = new Timeline();

    Report() {}

    @CommandHandler
    Report(PublishReport command, @MetaDataValue("act") Act act, @MetaDataValue("facts") Facts facts) {
        var reportId = Objects.requireNonNull(command.reportId(), "made at the door");
        Timeline.begin(act, reportId.value());
        var answer = Objects.requireNonNull(facts.figures(), "computed before deciding");
        AggregateLifecycle.apply(
                new ReportPublished(
                        reportId,
                        command.title(),
                        command.call(),
                        answer.position(),
                        Figures.CONTENT_TYPE,
                        ReportPublished.sha256(answer.content()),
                        answer.content()),
                MetaData.from(act.metadata()));
    }

    @EventSourcingHandler
    void on(ReportEvent event, @Timestamp Instant at, @MetaDataValue("act") @Nullable Act act) {
        timeline.saw(isLive(), at, act);
        switch (event) {
            case ReportPublished e -> id = e.reportId();
        }
    }
}
