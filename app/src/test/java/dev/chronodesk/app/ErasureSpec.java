package dev.chronodesk.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chronodesk.db.TestDatabase;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What is about a person is encrypted in the log, and gone from everything when their key is destroyed. */
class ErasureSpec {

    private static final String SUBJECT = "My salary is wrong since May";
    private static final String BODY = "It is my salary, not yours";
    private static final String ANSWER = "We look into it";

    @Test
    void a_destroyed_key_erases_a_person_and_nothing_else() throws Exception {
        var desk = TestDesk.start();
        try {
            var agent = desk.person("ari", "agent");
            var cora = desk.person("cora", "customer");
            var ticket = desk.ticket(cora, SUBJECT);
            comment(desk, cora, ticket, BODY);
            comment(desk, agent, ticket, ANSWER);
            assertThat(desk.read(agent, "tickets?select=subject").toString()).contains(SUBJECT);
            assertThat(desk.get(desk.admin(), "/audit/events").ok().body()).contains(SUBJECT, BODY, ANSWER);
            for (var text : List.of(SUBJECT, BODY, ANSWER, "cora-", "ari-")) nowhereInTheLog(desk.database(), text);
            var then = desk.database().log().head().position();
            assertThat(past(desk, then)).contains(SUBJECT);
            var before = payloads(desk.database());
            var performance = desk.read(agent, "tickets?select=number,status,comment_count,first_response_at");

            var ran = Ran.on(desk.database(), "keys", "destroy", desk.id(cora));
            assertThat(ran.code()).as(ran.output()).isZero();
            assertThat(desk.database().keys().needsRebuild()).isFalse();
            assertThat(ran.output()).contains("is destroyed", "The read tables stand at position");
            // at once, although this service may not have noticed yet
            assertThat(desk.get(desk.admin(), "/rest/v1/tickets", "Chronodesk-As-Of", Long.toString(then))
                            .status())
                    .isEqualTo(404);
            assertThat(past(desk, then)).contains(ticket).doesNotContain(SUBJECT);

            Thread.sleep(2_000); // until the running service has noticed too
            assertThat(payloads(desk.database())).startsWith(before.toArray(String[]::new));
            var shown = desk.read(agent, "tickets?select=subject,description&id=eq." + ticket)
                    .get(0);
            assertThat(shown.get("subject").isNull()).isTrue();
            assertThat(shown.get("description").isNull()).isTrue();
            assertThat(desk.read(agent, "ticket_comments?select=body&order=created_at")
                            .toString())
                    .contains("null", ANSWER)
                    .doesNotContain(BODY);
            assertThat(desk.read(agent, "tickets?select=number,status,comment_count,first_response_at"))
                    .isEqualTo(performance);
            assertThat(desk.get(desk.admin(), "/audit/events").ok().body())
                    .contains(ANSWER, "\"erased\":true")
                    .doesNotContain(SUBJECT, BODY);
            assertThat(desk.get(desk.admin(), "/audit/tickets/" + ticket).ok().body())
                    .doesNotContain(SUBJECT, BODY);

            comment(desk, agent, ticket, "Solved");
            desk.command(agent, "ChangeStatus", Map.of("ticketId", ticket, "status", "solved"))
                    .ok();
            comment(desk, cora, ticket, "Said afterwards");
            assertThat(desk.read(agent, "ticket_comments?select=body").toString())
                    .contains("Solved")
                    .doesNotContain("Said afterwards");
        } finally {
            desk.close();
        }
    }

    /** The tickets as of that position, once there are tables of it. */
    private static String past(TestDesk desk, long position) throws InterruptedException {
        var admin = desk.admin();
        var asOf = Long.toString(position);
        while (desk.post(admin, "/audit/generations", "{\"asOf\": " + asOf + "}")
                        .ok()
                        .status()
                == 202) Thread.sleep(50);
        return desk.get(admin, "/rest/v1/tickets?select=id,subject", "Chronodesk-As-Of", asOf)
                .ok()
                .body();
    }

    @Test
    void a_restored_database_shows_nobody_who_was_erased() throws Exception {
        // the list is what a backup from before does not have
        isShownNoMoreWhenErasedWhileStopped((database, cora) -> {
            try (var other = TestDatabase.create()) {
                other.keys().destroy(cora);
                Files.copy(
                        other.keySettings().directory().resolve("destroyed"),
                        database.keySettings().directory().resolve("destroyed"));
            }
        });
    }

    @Test
    void who_was_erased_just_before_a_crash_is_shown_by_no_later_start() throws Exception {
        // the key is destroyed, and the read tables were not made anew
        isShownNoMoreWhenErasedWhileStopped((database, cora) -> database.keys().destroy(cora));
    }

    private interface Erasure {
        void of(TestDatabase database, UUID person) throws Exception;
    }

    private static void isShownNoMoreWhenErasedWhileStopped(Erasure erasure) throws Exception {
        try (var database = TestDatabase.create()) {
            String ticket;
            String cora;
            var desk = TestDesk.on(database);
            try {
                var token = desk.person("cora", "customer");
                cora = desk.id(token);
                ticket = desk.ticket(token, SUBJECT);
                assertThat(desk.read(token, "tickets?select=subject").toString())
                        .contains(SUBJECT);
            } finally {
                desk.stop();
            }
            erasure.of(database, UUID.fromString(cora));
            var later = TestDesk.on(database);
            try {
                var shown = later.get(later.admin(), "/rest/v1/tickets?select=subject&id=eq." + ticket)
                        .ok();
                assertThat(shown.body()).contains("null").doesNotContain(SUBJECT);
            } finally {
                later.stop();
            }
            assertThat(database.keys().needsRebuild()).isFalse();
        }
    }

    @Test
    void the_key_encryption_key_is_changed_while_the_service_runs() throws Exception {
        var desk = TestDesk.start();
        try {
            var cora = desk.person("cora", "customer");
            desk.ticket(cora, SUBJECT);
            var ran = Ran.on(desk.database(), "keys", "rotate");
            assertThat(ran.code()).as(ran.output()).isZero();
            var status = Ran.on(desk.database(), "keys", "status");
            assertThat(status.output()).contains("kek.json").containsOnlyOnce("keys of persons are wrapped by");
            desk.ticket(desk.person("zoe", "customer"), "Another");
            assertThat(desk.get(desk.admin(), "/audit/events").ok().body()).contains(SUBJECT, "Another");
            assertThat(Ran.on(desk.database(), "rebuild").code()).isZero();
        } finally {
            desk.close();
        }
    }

    private static void comment(TestDesk desk, String token, String ticket, String body) {
        desk.command(token, "AddComment", Map.of("ticketId", ticket, "body", body, "visibility", "public"))
                .ok();
    }

    private static void nowhereInTheLog(TestDatabase database, String text) throws SQLException {
        var hex = HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
        for (var table : column(database, "select tablename from pg_tables where schemaname = 'log'"))
            assertThat(column(
                            database,
                            "select t::text from log." + table + " t where t::text like '%" + hex
                                    + "%' or t::text like '%" + text + "%'"))
                    .as("%s in log.%s", text, table)
                    .isEmpty();
    }

    private static List<String> payloads(TestDatabase database) throws SQLException {
        return column(database, "select encode(payload, 'hex') from log.event order by position");
    }

    private static List<String> column(TestDatabase database, String query) throws SQLException {
        var values = new ArrayList<String>();
        try (var connection = database.superuser();
                var statement = connection.createStatement();
                var rows = statement.executeQuery(query)) {
            while (rows.next()) values.add(rows.getString(1));
        }
        return values;
    }
}
