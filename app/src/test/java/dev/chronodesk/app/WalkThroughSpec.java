package dev.chronodesk.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The way that the README leads, and what stands beside it. */
class WalkThroughSpec {

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
    void from_sign_up_to_the_events_of_a_solved_ticket() {
        desk.signUp("cora@example.org", "Cora Customer");
        desk.signUp("ari@example.org", "Ari Agent");
        var admin = desk.admin();
        var cora = desk.signIn("cora@example.org");
        var ari = desk.signIn("ari@example.org");
        desk.command(admin, "AssignRole", Map.of("profileId", desk.id(ari), "role", "agent"))
                .ok();

        var opened = Map.of("subject", "Printer on fire", "description", "It really is.");
        var first = desk.command(cora, "CreateTicket", opened, "Idempotency-Key", "my-first-ticket")
                .ok();
        var ticket = first.json().get("result").get("ticketId").asString();
        var again = desk.command(cora, "CreateTicket", opened, "Idempotency-Key", "my-first-ticket")
                .ok();
        assertThat(again.header("Idempotent-Replayed")).isEqualTo("true");
        assertThat(again.json().get("result").get("ticketId").asString()).isEqualTo(ticket);
        assertThat(again.json().get("position")).isEqualTo(first.json().get("position"));

        desk.command(
                        ari,
                        "AddComment",
                        Map.of("ticketId", ticket, "body", "Have you tried water?", "visibility", "public"))
                .ok();
        desk.command(
                        ari,
                        "AddComment",
                        Map.of("ticketId", ticket, "body", "Third one this week.", "visibility", "internal"))
                .ok();
        desk.command(ari, "AssignTicket", Map.of("ticketId", ticket, "assigneeId", desk.id(ari)))
                .ok();
        var solved = desk.command(ari, "ChangeStatus", Map.of("ticketId", ticket, "status", "solved"))
                .ok();
        assertThat(solved.header("ETag"))
                .isEqualTo("\"" + solved.json().at("/streams/0/version").asInt() + "\"");

        var refused = desk.command(ari, "ChangeStatus", Map.of("ticketId", ticket, "status", "pending"));
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.header("Content-Type")).startsWith("application/problem+json");
        assertThat(texts(refused.json().get("allowed"))).containsExactlyInAnyOrder("open", "closed");

        var row = desk.read(cora, "tickets?select=number,subject,status,comment_count&id=eq." + ticket)
                .get(0);
        assertThat(row.get("subject").asString()).isEqualTo("Printer on fire");
        assertThat(row.get("status").asString()).isEqualTo("solved");
        assertThat(row.get("comment_count").asInt()).isOne();
        assertThat(row.get("number")).isEqualTo(first.json().get("result").get("number"));
        assertThat(desk.read(cora, "ticket_comments?select=body,visibility&ticket_id=eq." + ticket))
                .hasSize(1);
        assertThat(desk.read(ari, "ticket_comments?select=body,visibility&ticket_id=eq." + ticket))
                .hasSize(2);
        var performance = desk.read(ari, "rpc/agent_performance?since=2020-01-01&until=2100-01-01");
        assertThat(performance).anySatisfy(agent -> {
            assertThat(agent.get("agent_id").asString()).isEqualTo(desk.id(ari));
            assertThat(agent.get("tickets_solved").asInt()).isOne();
            assertThat(agent.get("replies").asInt()).isOne();
        });

        var events = desk.get(admin, "/audit/events?stream=" + ticket).ok();
        assertThat(events.body().lines().map(TestDesk.JSON::readTree).map(e -> e.get("type")
                        .asString()))
                .containsExactly(
                        "TicketCreated",
                        "CommentAdded",
                        "StatusChanged",
                        "CommentAdded",
                        "TicketAssigned",
                        "StatusChanged");
        assertThat(desk.get(admin, "/audit/tickets/" + ticket + "/history").ok().json())
                .hasSize(6);
        var before = solved.json().get("position").asLong() - 1;
        assertThat(desk.get(admin, "/audit/tickets/" + ticket + "?asOf=" + before)
                        .ok()
                        .json()
                        .get("status")
                        .asString())
                .isEqualTo("open");
    }

    @Test
    void keys_and_descriptions_are_public() {
        assertThat(desk.get("", "/.well-known/jwks.json").ok().json().get("keys"))
                .isNotEmpty();
        var description = desk.get("", "/openapi.json").ok().json();
        assertThat(description.get("openapi").asString()).startsWith("3.1");
        assertThat(description.get("paths").has("/commands/CreateTicket")).isTrue();
        assertThat(desk.get("", "/docs").ok().header("Content-Type")).startsWith("text/html");
    }

    private static List<String> texts(JsonNode array) {
        return array.valueStream().map(JsonNode::asString).toList();
    }
}
