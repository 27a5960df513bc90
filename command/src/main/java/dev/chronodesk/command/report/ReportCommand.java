package dev.chronodesk.command.report;

import dev.chronodesk.command.door.Command;
import dev.chronodesk.events.StreamType;
import dev.chronodesk.events.report.ReportId;
import java.util.UUID;
import org.axonframework.modelling.command.TargetAggregateIdentifier;
import org.jspecify.annotations.Nullable;

/** What can be asked of a report. */
public sealed interface ReportCommand extends Command permits PublishReport {

    @TargetAggregateIdentifier
    @Nullable
    ReportId reportId();

    @Override
    default StreamType kind() {
        return StreamType.REPORT;
    }

    @Override
    default @Nullable UUID target() {
        var id = reportId();
        return id == null ? null : id.value();
    }
}
