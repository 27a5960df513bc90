package dev.chronodesk.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chronodesk.events.report.ReportPublished;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A report is published by name or by command, and its bytes are read as they were, by whoever may read statistics. */
class PublishedReportSpec {

    private static final String CALL = "backlog?at=2100-01-01T00:00:00Z";

    static TestDesk desk;

    @BeforeAll
    static void start() {
        desk = TestDesk.start();
    }

    @AfterAll
    static void stop() {
        desk.close();
    }

    @Test
    void an_analyst_publishes_and_what_happens_later_changes_nothing() {
        var cora = desk.person("Cora", "customer");
        var analyst = desk.person("Ana", "analyst");
        desk.ticket(cora, "Printer on fire");
        var fields = Map.of("title", "What is open", "call", CALL);
        var published = desk.command(analyst, "PublishReport", fields, "Idempotency-Key", "march")
                .ok()
                .json();
        var id = published.at("/result/reportId").asString();
        var position = published.get("position").asString();
        var bytes = desk.get(analyst, "/rest/v1/reports/" + id, "Chronodesk-Min-Position", position);
        assertThat(bytes.status()).as(bytes.body()).isEqualTo(200);
        assertThat(bytes.body()).startsWith("status,team_id,agent_id,tickets\n\"new\",,,\"1\"");
        assertThat(bytes.header("ETag")).isEqualTo('"' + ReportPublished.sha256(bytes.body()) + '"');

        desk.ticket(cora, "Mouse asleep");
        var again = desk.command(analyst, "PublishReport", fields, "Idempotency-Key", "march")
                .ok();
        assertThat(again.json().at("/result/reportId").asString()).isEqualTo(id);
        assertThat(desk.get(analyst, "/rest/v1/reports/" + id).body()).isEqualTo(bytes.body());
        var row = desk.read(analyst, "reports?select=sha256,call,title&id=eq." + id)
                .get(0);
        assertThat(row.get("sha256").asString()).isEqualTo(ReportPublished.sha256(bytes.body()));

        var named =
                desk.post(analyst, "/rest/v1/rpc/publish_report", "{\"title\":\"Later\",\"call\":\"" + CALL + "\"}");
        assertThat(named.status()).as(named.body()).isEqualTo(200);
        assertThat(named.json().get("sha256").asString()).isNotEqualTo(ReportPublished.sha256(bytes.body()));

        assertThat(desk.get(cora, "/rest/v1/reports/" + id).status()).isEqualTo(403);
        assertThat(desk.command(cora, "PublishReport", fields).status()).isEqualTo(403);
        var wrong = desk.command(analyst, "PublishReport", Map.of("title", "x", "call", "tickets"));
        assertThat(wrong.status()).as(wrong.body()).isEqualTo(400);
        assertThat(wrong.json().at("/errors/0/field").asString()).isEqualTo("call");
    }
}
