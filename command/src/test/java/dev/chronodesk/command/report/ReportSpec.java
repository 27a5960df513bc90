package dev.chronodesk.command.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.chronodesk.command.Desk;
import dev.chronodesk.command.door.CommandRefusedException;
import dev.chronodesk.command.door.DoorRefusal.AlreadyExists;
import dev.chronodesk.command.door.MalformedException;
import dev.chronodesk.command.door.Senders;
import dev.chronodesk.db.TestDatabase;
import dev.chronodesk.db.caller.Caller;
import dev.chronodesk.db.log.LogUnavailableException;
import dev.chronodesk.db.port.Figures;
import dev.chronodesk.events.profile.Role;
import dev.chronodesk.events.report.ReportId;
import dev.chronodesk.events.report.ReportPublished;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is published. Who may publish at all is in the access matrix and its specification. */
class ReportSpec {

    TestDatabase database;
    Desk desk;

    @BeforeEach
    void open() {
        database = TestDatabase.create();
        desk = new Desk(database);
    }

    @AfterEach
    void close() {
        desk.close();
        database.close();
    }

    static PublishReport publishing() {
        return new PublishReport(new ReportId(Desk.IDS.get()), "March", "backlog?at=2026-04-01");
    }

    @Test
    void it_is_computed_with_the_rights_of_its_publisher_and_kept_in_the_log() {
        var asked = new AtomicReference<String>();
        desk.computing((call, reader) -> {
            asked.set(call + " " + reader);
            return new Figures.Answer(7, "status,n\nopen,ä");
        });
        var analyst = desk.person(Role.ANALYST);
        var command = publishing();
        var head = desk.log.head().position();
        desk.send(command, analyst);
        assertThat(asked.get()).isEqualTo("backlog?at=2026-04-01 " + new Caller.Known(analyst.id(), Role.ANALYST));
        assertThat(desk.log.after(head, 10)).singleElement().satisfies(recorded -> {
            var published = (ReportPublished) recorded.event();
            assertThat(published.reportId()).isEqualTo(command.reportId());
            assertThat(published.position()).isEqualTo(7);
            assertThat(published.content()).isEqualTo("status,n\nopen,ä");
            assertThat(published.sha256())
                    .isEqualTo("64b0999d0e601092848acb76e2b5c06f787ea216f815108d114bede7a625abd5");
            assertThat(recorded.metadata().actor()).isEqualTo(analyst.id());
        });
        assertThat(catchThrowableOfType(
                                CommandRefusedException.class,
                                () -> desk.send(
                                        new PublishReport(command.reportId(), "April", "backlog?at=2026-05-01"),
                                        analyst))
                        .reason())
                .isInstanceOf(AlreadyExists.class);
    }

    @Test
    void what_cannot_be_computed_is_said_of_the_call() {
        desk.computing((call, reader) -> {
            throw new Figures.NoFiguresException("must be a call");
        });
        assertThatExceptionOfType(MalformedException.class)
                .isThrownBy(() -> desk.send(publishing(), Senders.SYSTEM))
                .withMessage("call: must be a call");
    }

    @Test
    void without_statistics_nothing_is_published() {
        assertThatExceptionOfType(LogUnavailableException.class)
                .isThrownBy(() -> desk.send(publishing(), Senders.SYSTEM));
        assertThat(desk.log.head().position()).isZero();
    }

    @Test
    void a_content_that_is_not_what_was_hashed_is_no_report() {
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> new ReportPublished(
                        new ReportId(Desk.IDS.get()),
                        "March",
                        "backlog",
                        1,
                        Figures.CONTENT_TYPE,
                        ReportPublished.sha256("1"),
                        "2"));
    }
}
