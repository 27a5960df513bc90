package dev.chronodesk.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class OperationsSpec {

    @Test
    void health_and_metrics_are_on_the_management_port_and_only_there() {
        try (var desk = TestDesk.start()) {
            var agent = desk.person("ari", "agent");
            desk.ticket(agent, "Printer on fire");
            desk.read(agent, "tickets");
            assertThat(health(desk, "liveness").get("status").asString()).isEqualTo("UP");
            var readiness = health(desk, "readiness");
            assertThat(readiness.get("status").asString()).isEqualTo("UP");
            assertThat(readiness.at("/components/database/status").asString()).isEqualTo("UP");
            assertThat(readiness.at("/components/readTables/details/lag").asLong())
                    .isZero();
            assertThat(readiness.at("/components/readTables/details/position").asLong())
                    .isEqualTo(desk.head());
            var metrics = desk.send(HttpRequest.newBuilder(desk.management("/actuator/prometheus"))
                    .build());
            assertThat(metrics.body())
                    .contains(
                            "chronodesk_commands_seconds_count{command=\"CreateTicket\",outcome=\"accepted\"}",
                            "chronodesk_log_head",
                            "chronodesk_fold_position",
                            "chronodesk_fold_lag 0.0",
                            "chronodesk_fold_building -1.0");
            for (var hidden : new String[] {"env", "configprops", "beans", "heapdump", "loggers"})
                assertThat(desk.send(HttpRequest.newBuilder(desk.management("/actuator/" + hidden))
                                        .build())
                                .status())
                        .as(hidden)
                        .isEqualTo(404);
            assertThat(desk.get("", "/actuator/prometheus").status()).isEqualTo(404);
        }
    }

    @Test
    void an_event_that_cannot_be_read_stops_the_fold_and_readiness_says_where_and_why() throws Exception {
        try (var desk = TestDesk.start()) {
            var admin = desk.admin();
            var ticket = desk.ticket(admin, "Printer on fire");
            desk.read(admin, "tickets");
            damage(desk);
            var at = desk.head();
            var until = Instant.now().plus(Duration.ofSeconds(30));
            JsonNode readiness;
            do {
                Thread.sleep(100);
                readiness = health(desk, "readiness");
            } while (readiness.get("status").asString().equals("UP")
                    && Instant.now().isBefore(until));
            assertThat(readiness.get("status").asString()).isNotEqualTo("UP");
            assertThat(readiness.at("/components/readTables/details/failedAt").asLong())
                    .isEqualTo(at);
            assertThat(readiness.at("/components/readTables/details/reason").asString())
                    .isNotEmpty();
            assertThat(health(desk, "liveness").get("status").asString()).isEqualTo("UP");

            // the log goes on, and whoever asks for what is not folded is told so
            desk.command(admin, "ChangePriority", Map.of("ticketId", ticket, "priority", "high"))
                    .ok();
            var read = desk.get(
                    admin,
                    "/rest/v1/tickets",
                    "Chronodesk-Min-Position",
                    String.valueOf(desk.head()),
                    "Prefer",
                    "wait=1");
            assertThat(read.status()).isEqualTo(503);
            assertThat(read.header("Retry-After")).isNotEmpty();
        }
    }

    @Test
    void what_was_read_before_a_stop_is_there_after_a_start() {
        var desk = TestDesk.start();
        var admin = desk.admin();
        desk.ticket(admin, "Printer on fire");
        var before = desk.read(admin, "tickets?select=*");
        var head = desk.head();
        try (var again = TestDesk.on(desk.stop())) {
            assertThat(again.head()).isEqualTo(head);
            assertThat(again.read(again.admin(), "tickets?select=*")).isEqualTo(before);
        }
    }

    /** An event as a later version might have left it. */
    private static void damage(TestDesk desk) throws SQLException {
        try (var owner = desk.database().superuser();
                var statement = owner.createStatement()) {
            statement.execute(
                    """
                    insert into log.event (position, stream_id, seq, stream_type, type, revision, event_id, recorded_at,
                      occurred_at, payload, metadata)
                    select position + 1, gen_random_uuid(), 0, 'ticket', 'TicketExploded', 1, gen_random_uuid(), recorded_at,
                      recorded_at, '{}', metadata
                    from log.event order by position desc limit 1
                    """);
        }
    }

    private static JsonNode health(TestDesk desk, String group) {
        return desk.send(HttpRequest.newBuilder(desk.management("/actuator/health/" + group))
                        .build())
                .json();
    }
}
