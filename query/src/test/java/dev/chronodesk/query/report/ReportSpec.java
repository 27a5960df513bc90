package dev.chronodesk.query.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.chronodesk.db.caller.Caller;
import dev.chronodesk.db.port.Figures;
import dev.chronodesk.events.metric.Definition;
import dev.chronodesk.events.profile.ProfileId;
import dev.chronodesk.events.profile.Role;
import dev.chronodesk.events.report.ReportPublished;
import dev.chronodesk.events.ticket.Status;
import dev.chronodesk.query.Desk;
import dev.chronodesk.query.Histories;
import dev.chronodesk.query.Http;
import dev.chronodesk.query.QuerySettings;
import dev.chronodesk.query.rest.RestController;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReportSpec {

    private static final Caller.Known ANALYST = new Caller.Known(UUID.randomUUID(), Role.ANALYST);
    private static final String CALL =
            "agent_metric?metric=full_resolution&since=2026-01-01&until=2027-01-01&version=1";

    private Desk desk;
    private Histories histories;
    private ProfileId bob;
    private ProfileId ada;
    private RestController rest;
    private Http http;

    @BeforeEach
    void open() {
        desk = new Desk().start();
        histories = new Histories(desk.log());
        bob = histories.person("Bob", Role.CUSTOMER);
        ada = histories.person("Ada", Role.AGENT);
        rest = controller(QuerySettings.defaults());
        http = new Http(rest).as(ANALYST);
    }

    @AfterEach
    void close() {
        desk.close();
    }

    private RestController controller(QuerySettings settings) {
        return new RestController(desk.database().database().read(), desk.runner(), desk.log(), settings);
    }

    private void solved() {
        var ticket = histories.ticket(bob, "A");
        histories.assign(ticket, null, ada);
        histories.later(Duration.ofMinutes(10)).move(ticket, Status.NEW, Status.PENDING);
        histories.later(Duration.ofMinutes(10)).move(ticket, Status.PENDING, Status.SOLVED);
        desk.caughtUp();
    }

    @Test
    void its_bytes_stay_whatever_is_adopted_and_rebuilt_and_happens() throws Exception {
        solved();
        var computed = rest.figures().compute(CALL, ANALYST);
        assertThat(computed.position()).isEqualTo(desk.log().head().position());
        assertThat(computed.content())
                .startsWith("agent_id,count,total_s,")
                .contains("\"" + ada + "\",\"1\",\"1200\",");
        var report = histories.report(computed.content());
        solved();
        histories.adopt(Definition.FULL_RESOLUTION_1, Definition.FULL_RESOLUTION_2);
        desk.caughtUp();
        assertThat(rest.figures().compute(CALL, ANALYST).content()).isNotEqualTo(computed.content());
        var before = http.get("/rest/v1/reports/" + report);
        desk.rebuild(100).run((at, head) -> {});
        desk.caughtUp();
        for (var reply : List.of(before, http.get("/rest/v1/reports/" + report))) {
            assertThat(reply.status()).as(reply.body()).isEqualTo(200);
            assertThat(reply.body()).isEqualTo(computed.content());
            assertThat(reply.header("Content-Type")).isEqualTo(Figures.CONTENT_TYPE);
            assertThat(reply.header("ETag")).isEqualTo('"' + ReportPublished.sha256(computed.content()) + '"');
        }
        var again = http.get("/rest/v1/reports/" + report, "If-None-Match", before.header("ETag"));
        assertThat(again.status()).isEqualTo(304);
        var listed = http.get("/rest/v1/reports?id=eq." + report).json().get(0);
        assertThat(listed.path("sha256").asString()).isEqualTo(ReportPublished.sha256(computed.content()));
        assertThat(listed.path("bytes").asInt()).isEqualTo(computed.content().length());
        assertThat(listed.has("content")).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            tickets | must be a call of one of
            search_tickets?query=printer | must be a call of one of
            agent_metric?metric=full_resolution&since=2026-01-01&until=2026-02-01 | must name the version
            backlog?at=2026-01-01&limit=1 | has no argument limit
            backlog?at=yesterday-ish | invalid input syntax
            backlog | Could not find the function
            backlog?at=%ff | UTF-8
            """)
    void what_is_no_call_of_statistics_is_not_computed(String call, String why) {
        assertThatExceptionOfType(Figures.NoFiguresException.class)
                .isThrownBy(() -> rest.figures().compute(call, ANALYST))
                .withMessageContaining(why);
    }

    @Test
    void an_answer_that_is_too_long_is_not_published() {
        solved();
        solved();
        var small = controller(new QuerySettings(Duration.ofSeconds(5), 1, 10_000, 100));
        assertThatExceptionOfType(Figures.NoFiguresException.class)
                .isThrownBy(() -> small.figures()
                        .compute(
                                "measurements?metric=full_resolution&since=2026-01-01&until=2027-01-01&version=1",
                                ANALYST))
                .withMessageContaining("more than 1 rows");
    }

    @Test
    void it_is_computed_and_read_with_the_rights_of_who_asks() {
        var report = histories.report("status");
        desk.caughtUp();
        var customer = new Caller.Known(bob.value(), Role.CUSTOMER);
        assertThatExceptionOfType(Figures.NoFiguresException.class)
                .isThrownBy(() -> rest.figures().compute("backlog?at=2026-01-01", customer))
                .withMessageContaining("permission denied");
        http.as(customer).get("/rest/v1/reports/" + report).isRefused(403, "42501");
        http.as(new Caller.Anonymous()).get("/rest/v1/reports/" + report).isRefused(401, "42501");
        http.as(ANALYST).get("/rest/v1/reports/" + UUID.randomUUID()).isRefused(404, "CD404");
        http.get("/rest/v1/reports/none").isRefused(400, "22P02");
        http.send("POST", "/rest/v1/reports/" + report, "{}").isRefused(405, "PGRST117");
    }
}
