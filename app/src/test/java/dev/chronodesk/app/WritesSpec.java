package dev.chronodesk.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chronodesk.app.TestDesk.Answer;
import dev.chronodesk.command.gateway.Catalogue;
import dev.chronodesk.query.LiveSchema;
import dev.chronodesk.query.rest.Writes;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What clients of {@code /rest/v1} change, over HTTP. */
class WritesSpec {

    static final String ROWS = "return=representation";
    static final String ONE = "application/vnd.pgrst.object+json";

    static TestDesk desk;
    static String customer;
    static String agent;

    @BeforeAll
    static void start() {
        desk = TestDesk.start();
        customer = desk.person("cora", "customer");
        agent = desk.person("ari", "agent");
    }

    @AfterAll
    static void stop() {
        desk.close();
    }

    static Answer rpc(String token, String function, Map<String, ?> arguments, String... headers) {
        return desk.post(token, "/rest/v1/rpc/" + function, TestDesk.JSON.writeValueAsString(arguments), headers);
    }

    static Answer insert(String token, String view, Object rows, String... headers) {
        return desk.post(token, "/rest/v1/" + view, TestDesk.JSON.writeValueAsString(rows), headers);
    }

    static Answer patch(String token, String query, String values, String... headers) {
        return desk.send("PATCH", token, "/rest/v1/" + query, values, headers);
    }

    static Map<String, String> ticket(String subject) {
        return Map.of("subject", subject, "description", "It really is.");
    }

    static void refused(Answer answer, int status, String code) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        var body = answer.json();
        assertThat(body.propertyNames()).containsExactly("code", "message", "details", "hint");
        assertThat(body.get("code").asString()).isEqualTo(code);
        assertThat(answer.header("Proxy-Status")).isEqualTo("PostgREST; error=" + code);
    }

    static String message(Answer answer) {
        return answer.json().get("message").asString();
    }

    @Nested
    class Calls {

        @Test
        void a_command_answers_the_row_it_was_about_where_it_can_be_seen() {
            var made = rpc(customer, "create_ticket", ticket("Printer on fire")).ok();
            assertThat(made.status()).isEqualTo(200);
            var id = made.json().get("id").asString();
            assertThat(made.json().get("subject").asString()).isEqualTo("Printer on fire");
            assertThat(made.json().get("number").asLong()).isEqualTo(made.position());

            var assigned = desk.post(
                            agent,
                            "/rest/v1/rpc/assign_ticket?select=status,assignee:tickets_assignee(id)",
                            TestDesk.JSON.writeValueAsString(Map.of("ticket_id", id, "assignee_id", desk.id(agent))),
                            "Accept",
                            ONE)
                    .ok();
            assertThat(assigned.json().at("/assignee/id").asString()).isEqualTo(desk.id(agent));

            var said = rpc(agent, "add_comment", Map.of("ticket_id", id, "body", "Water?", "visibility", "public"))
                    .ok();
            assertThat(said.json().get("ticket_id").asString()).isEqualTo(id);
            assertThat(said.json().get("body").asString()).isEqualTo("Water?");
            assertThat(rpc(
                                    agent,
                                    "change_status",
                                    Map.of("ticket_id", id, "status", "solved"),
                                    "Prefer",
                                    "return=minimal")
                            .status())
                    .isEqualTo(204);
        }

        @Test
        void every_command_can_be_called_and_no_function_has_its_name() {
            var functions = desk.part(Writes.class).functions();
            assertThat(functions).hasSameSizeAs(desk.part(Catalogue.class).all());
            var read = desk.get(desk.admin(), "/rest/v1/").ok().json().get("paths");
            functions.forEach((function, arguments) -> {
                var path = read.path("/rpc/" + function);
                // only a function that reads has another method
                assertThat(path.propertyNames()).as(function).containsExactly("post");
                var schema = path.at("/post/parameters/0/schema");
                assertThat(schema.get("properties").propertyNames())
                        .as(function)
                        .containsExactlyElementsOf(arguments);
            });
            var create = read.path("/rpc/create_ticket").at("/post/parameters/0/schema");
            assertThat(create.get("required").values())
                    .extracting(JsonNode::asString)
                    .containsExactly("subject", "description");
            assertThat(create.at("/properties/priority/enum")).isNotEmpty();
        }

        @Test
        void a_description_says_which_columns_can_be_set_and_to_whom() {
            var paths = desk.get(agent, "/rest/v1/").ok().json().get("paths");
            assertThat(paths.path("/tickets").propertyNames()).containsExactlyInAnyOrder("get", "post", "patch");
            assertThat(paths.path("/tickets")
                            .at("/patch/parameters/0/schema/properties")
                            .propertyNames())
                    .containsExactly("team_id", "assignee_id", "priority", "status");
            assertThat(paths.path("/ticket_comments")
                            .at("/post/parameters/0/schema/properties")
                            .propertyNames())
                    .containsExactlyInAnyOrder("id", "ticket_id", "body", "visibility");
            assertThat(paths.path("/ticket_comments").has("patch")).isFalse();
            assertThat(paths.path("/profiles").propertyNames()).containsExactly("get");
            // both forms of a function are told: what only one of them takes may be left out
            assertThat(paths.path("/rpc/agent_performance")
                            .at("/post/parameters/0/schema/required")
                            .values())
                    .extracting(JsonNode::asString)
                    .containsExactly("since", "until");
        }

        @Test
        void teams_and_people_are_read_back_too() {
            var admin = desk.admin();
            var team = rpc(admin, "create_team", Map.of("name", "Second line"))
                    .ok()
                    .json();
            assertThat(team.get("name").asString()).isEqualTo("Second line");
            var member = rpc(
                            admin,
                            "add_team_member",
                            Map.of("team_id", team.get("id").asString(), "profile_id", desk.id(agent)))
                    .ok();
            assertThat(member.json().get("profile_id").asString()).isEqualTo(desk.id(agent));
            var named = rpc(agent, "change_display_name", Map.of("profile_id", desk.id(agent), "display_name", "Ari"))
                    .ok();
            assertThat(named.json().get("display_name").asString()).isEqualTo("Ari");
        }

        @Test
        void a_schedule_is_read_back_as_the_version_that_was_defined() {
            var admin = desk.admin();
            var hours = List.of("monday 09:00-17:00", "friday 09:00-12:00");
            var office = Map.of("name", "Office", "zone", "Europe/Berlin", "hours", hours);
            var first = rpc(admin, "define_schedule", office, "Idempotency-Key", "office")
                    .ok();
            assertThat(first.json().get("version").asInt()).isEqualTo(1);
            assertThat(first.json().get("hours").values())
                    .extracting(JsonNode::asString)
                    .containsExactlyElementsOf(hours);
            assertThat(first.json().get("holidays")).isEmpty();

            var id = first.json().get("id").asString();
            var next = new HashMap<String, Object>(office);
            next.put("schedule_id", id);
            next.put("holidays", List.of("2026-12-25"));
            var second = rpc(admin, "define_schedule", next).ok().json();
            assertThat(second.get("id").asString()).isEqualTo(id);
            assertThat(second.get("version").asInt()).isEqualTo(2);
            assertThat(second.at("/holidays/0").asString()).isEqualTo("2026-12-25");
            assertThat(second.get("replaced_at").isNull()).isTrue();

            // what the key did first is answered, as it is now, though a second version is there
            var again = rpc(admin, "define_schedule", office, "Idempotency-Key", "office")
                    .ok()
                    .json();
            assertThat(again.get("version").asInt()).isEqualTo(1);
            assertThat(again.get("replaced_at")).isEqualTo(second.get("defined_at"));

            refused(rpc(customer, "define_schedule", office), 403, "forbidden");
            next.put("zone", "Berlin");
            var nowhere = rpc(admin, "define_schedule", next);
            refused(nowhere, 400, "malformed");
            assertThat(nowhere.json().get("details").asString()).contains("zone: must be a time zone");
        }

        @Test
        void the_same_key_does_it_once_and_at_either_door() {
            var body = ticket("Once");
            var first = rpc(customer, "create_ticket", body, "Idempotency-Key", "once-a")
                    .ok();
            var again = rpc(customer, "create_ticket", body, "Idempotency-Key", "once-a")
                    .ok();
            assertThat(again.header("Idempotent-Replayed")).isEqualTo("true");
            assertThat(again.json()).isEqualTo(first.json());
            var other = desk.command(customer, "CreateTicket", body, "Idempotency-Key", "once-a")
                    .ok();
            assertThat(other.json().at("/result/ticketId").asString())
                    .isEqualTo(first.json().get("id").asString());
            refused(
                    rpc(customer, "create_ticket", ticket("Other"), "Idempotency-Key", "once-a"),
                    409,
                    "idempotency-key-reused");
        }

        @Test
        void what_is_refused_says_so_in_the_clients_shape_with_its_own_code() {
            var id = desk.ticket(customer, "Closed soon");
            rpc(agent, "change_status", Map.of("ticket_id", id, "status", "solved"))
                    .ok();
            var pending = rpc(agent, "change_status", Map.of("ticket_id", id, "status", "pending"));
            refused(pending, 422, "illegal-transition");
            assertThat(pending.json().get("hint").asString()).isEqualTo("Allowed: open, closed");
            refused(rpc(customer, "assign_ticket", Map.of("ticket_id", id, "assignee_id", id)), 403, "forbidden");
            refused(
                    rpc(agent, "change_status", Map.of("ticket_id", UUID.randomUUID(), "status", "open")),
                    404,
                    "not-found");
            var malformed = rpc(agent, "change_status", Map.of("ticket_id", "x", "status", "odd"));
            refused(malformed, 400, "malformed");
            assertThat(malformed.json().get("details").asString())
                    .contains("ticket_id: must be a UUID")
                    .contains("status: must be one of");
            refused(rpc(agent, "change_status", Map.of("ticket", id)), 404, "PGRST202");
            refused(rpc("", "create_ticket", ticket("Nobody")), 401, "42501");
            var get = desk.get(agent, "/rest/v1/rpc/create_ticket?subject=x");
            refused(get, 405, "PGRST101");
            assertThat(get.header("Allow")).isEqualTo("POST");
            refused(desk.post(agent, "/rest/v1/rpc/create_ticket", "[]"), 400, "PGRST102");
            refused(
                    rpc(agent, "change_status", Map.of("ticket_id", id, "status", "open"), "If-Match", "\"1\""),
                    412,
                    "version-mismatch");
        }

        @Test
        void what_is_rolled_back_is_not_done() {
            var head = desk.head();
            assertThat(rpc(customer, "create_ticket", ticket("No"), "Prefer", "tx=rollback, return=minimal")
                            .header("Preference-Applied"))
                    .isEqualTo("tx=rollback, return=minimal");
            refused(rpc(customer, "create_ticket", ticket("No"), "Prefer", "tx=rollback"), 400, "CD400");
            assertThat(desk.head()).isEqualTo(head);
        }
    }

    @Nested
    class Rows {

        @Test
        void are_inserted_all_or_none() {
            var two = insert(
                    customer,
                    "tickets?select=subject&columns=\"subject\",\"description\"".replace("\"", "%22"),
                    List.of(ticket("First"), ticket("Second")),
                    "Prefer",
                    ROWS + ", count=exact");
            assertThat(two.status()).as(two.body()).isEqualTo(201);
            assertThat(two.body()).contains("First").contains("Second");
            assertThat(two.body().indexOf("First")).isLessThan(two.body().indexOf("Second"));
            assertThat(two.header("Content-Range")).isEqualTo("*/2");
            assertThat(two.header("Preference-Applied")).contains(ROWS);

            var head = desk.head();
            var bad = insert(customer, "tickets", List.of(ticket("Third"), Map.of("subject", "", "description", "x")));
            refused(bad, 400, "malformed");
            assertThat(bad.json().get("details").asString()).contains("subject: must have 1 to 255");
            assertThat(desk.head()).isEqualTo(head);
            assertThat(insert(customer, "tickets", List.of()).status()).isEqualTo(201);
        }

        @Test
        void of_comments_are_words_on_a_ticket() {
            var id = desk.ticket(customer, "Talk");
            var comment = UUID.randomUUID().toString();
            var made = insert(
                    agent,
                    "ticket_comments",
                    Map.of("id", comment, "ticket_id", id, "body", "Hm.", "visibility", "internal"),
                    "Prefer",
                    "return=headers-only");
            assertThat(made.status()).as(made.body()).isEqualTo(201);
            assertThat(made.header("Location")).isEqualTo("/ticket_comments?id=eq." + comment + "&ticket_id=eq." + id);
            refused(
                    insert(customer, "ticket_comments", Map.of("ticket_id", id, "body", "x", "visibility", "internal")),
                    403,
                    "staff-only");
            refused(patch(agent, "ticket_comments?id=eq." + comment, "{\"body\":\"y\"}"), 405, "PGRST117");
        }

        @Test
        void are_updated_by_a_command_for_each_column() {
            var id = desk.ticket(customer, "Change me");
            var mine = desk.id(agent);
            var changed = patch(
                    agent,
                    "tickets?select=status,priority,assignee_id&id=eq." + id + "&status=eq.new",
                    "{\"status\":\"solved\",\"priority\":\"high\",\"assignee_id\":\"" + mine + "\"}",
                    "Prefer",
                    ROWS,
                    "Accept",
                    ONE);
            assertThat(changed.status()).as(changed.body()).isEqualTo(200);
            assertThat(changed.body())
                    .isEqualTo("{\"status\":\"solved\",\"priority\":\"high\",\"assignee_id\":\"" + mine + "\"}");
            assertThat(changed.header("Content-Range")).isEqualTo("0-0/*");
            assertThat(desk.get(desk.admin(), "/audit/events?stream=" + id).ok().body())
                    .containsSubsequence("TicketCreated", "TicketAssigned", "PriorityChanged", "StatusChanged");
            assertThat(patch(agent, "tickets?id=eq." + id, "{\"assignee_id\":null}")
                            .status())
                    .isEqualTo(204);
            assertThat(desk.read(agent, "tickets?select=assignee_id&id=eq." + id)
                            .get(0)
                            .get("assignee_id")
                            .isNull())
                    .isTrue();
        }

        @Test
        void are_chosen_by_what_the_caller_may_see() {
            var id = desk.ticket(agent, "Not yours");
            var head = desk.head();
            var none = patch(customer, "tickets?id=eq." + id, "{\"status\":\"open\"}", "Prefer", ROWS);
            assertThat(none.status()).isEqualTo(200);
            assertThat(none.body()).isEqualTo("[]");
            assertThat(none.header("Content-Range")).isEqualTo("*/*");
            assertThat(desk.head()).isEqualTo(head);
        }

        @Test
        void are_changed_all_or_none() {
            var one = desk.ticket(customer, "All one");
            var two = desk.ticket(customer, "All two");
            rpc(agent, "change_status", Map.of("ticket_id", two, "status", "solved"))
                    .ok();
            rpc(agent, "change_status", Map.of("ticket_id", two, "status", "closed"))
                    .ok();
            var head = desk.head();
            var both = "tickets?id=in.(" + one + "," + two + ")";
            refused(patch(agent, both, "{\"priority\":\"urgent\"}"), 422, "ticket-closed");
            refused(patch(agent, both, "{\"priority\":\"low\"}", "Accept", ONE, "Prefer", ROWS), 406, "PGRST116");
            refused(
                    patch(agent, both, "{\"priority\":\"low\"}", "Prefer", "handling=strict, max-affected=1"),
                    400,
                    "PGRST124");
            refused(patch(agent, both, "{\"priority\":\"low\"}", "If-Match", "\"1\""), 400, "CD400");
            assertThat(desk.head()).isEqualTo(head);
        }

        @Test
        void are_not_changed_where_no_command_does() {
            var id = desk.ticket(customer, "Read only");
            var subject = patch(agent, "tickets?id=eq." + id, "{\"subject\":\"x\",\"status\":\"open\"}");
            refused(subject, 400, "428C9");
            assertThat(message(subject)).isEqualTo("column \"subject\" can only be updated to DEFAULT");
            assertThat(subject.json().get("hint").asString()).contains("status (rpc/change_status)");
            var made = insert(agent, "tickets", Map.of("subject", "x", "description", "y", "status", "open"));
            refused(made, 400, "428C9");
            assertThat(made.json().get("hint").asString()).contains("rpc/change_status");
            refused(patch(agent, "tickets?id=eq." + id, "{\"colour\":1}"), 400, "PGRST204");
            refused(patch(agent, "tickets", "{\"status\":\"open\"}"), 400, "21000");
            refused(patch(agent, "tickets?id=eq.x", "{\"status\":\"open\"}"), 400, "22P02");
            refused(insert("", "tickets", ticket("Nobody")), 401, "42501");
            refused(insert(agent, "teams", Map.of("name", "x")), 405, "PGRST117");
            refused(insert(agent, "tickets?select=nothing", ticket("x"), "Prefer", ROWS), 400, "42703");
            refused(desk.post(agent, "/rest/v1/tickets", "[1]"), 400, "PGRST102");
            var deleted = desk.send("DELETE", agent, "/rest/v1/tickets?id=eq." + id, "");
            refused(deleted, 405, "PGRST117");
            assertThat(deleted.header("Allow")).isEqualTo("GET, HEAD, PATCH, POST");
        }

        @Test
        void no_row_decides_what_no_command_changes() {
            refused(patch(agent, "tickets?id=eq." + UUID.randomUUID(), "{\"subject\":\"x\"}"), 400, "428C9");
        }

        @Test
        void are_chosen_from_all_that_was_recorded_before() {
            for (var round = 0; round < 40; round++) {
                var id = desk.ticket(customer, "Just now");
                var changed = patch(agent, "tickets?id=eq." + id, "{\"priority\":\"high\"}", "Prefer", "count=exact");
                assertThat(changed.header("Content-Range")).isEqualTo("0-0/1");
            }
        }

        @Test
        void inserted_under_one_key_are_there_once() {
            var rows = List.of(ticket("Both a"), ticket("Both b"));
            var first = insert(customer, "tickets?select=id", rows, "Prefer", ROWS, "Idempotency-Key", "both")
                    .ok();
            var again = insert(customer, "tickets?select=id", rows, "Prefer", ROWS, "Idempotency-Key", "both")
                    .ok();
            assertThat(again.body()).isEqualTo(first.body());
            assertThat(again.header("Idempotent-Replayed")).isEqualTo("true");
        }
    }

    @Nested
    class Late {

        /** Nothing new can be written to the read tables; all that is there can be read. */
        private void whileNothingIsFolded(Runnable asked) throws SQLException {
            try (var other = desk.database().superuser();
                    var statement = other.createStatement()) {
                other.setAutoCommit(false);
                statement.execute("lock table " + LiveSchema.TABLES + ".tickets in share mode");
                asked.run();
                other.rollback();
            }
        }

        @Test
        void rows_are_said_to_be_done_and_are_there_once_when_sent_again() throws SQLException {
            var headers = new String[] {"Idempotency-Key", "late", "Prefer", ROWS + ", wait=1"};
            var before = desk.head();
            whileNothingIsFolded(() -> {
                var late = insert(customer, "tickets", ticket("Late"), headers);
                refused(late, 503, "CD503");
                assertThat(message(late)).startsWith("it is done");
                assertThat(late.position()).isEqualTo(before + 1).isEqualTo(desk.head());
                // without rows in the answer, nothing is missing
                assertThat(insert(customer, "tickets", ticket("Later"), "Prefer", "wait=1")
                                .status())
                        .isEqualTo(201);
            });
            assertThat(desk.read(customer, "tickets?subject=eq.Late")).hasSize(1);
            var again = insert(customer, "tickets", ticket("Late"), headers).ok();
            assertThat(again.header("Idempotent-Replayed")).isEqualTo("true");
            assertThat(again.json()).hasSize(1);
            assertThat(desk.read(customer, "tickets?subject=in.(Late,Later)")).hasSize(2);
        }

        @Test
        void rows_that_cannot_be_chosen_in_time_are_not_changed() throws SQLException {
            var id = desk.ticket(customer, "Chosen");
            desk.read(customer, "tickets?id=eq." + id);
            whileNothingIsFolded(() -> {
                desk.ticket(customer, "In between");
                var head = desk.head();
                var row = Map.of("id", id, "subject", "Chosen", "description", "It really is.", "priority", "high");
                for (var late : List.of(
                        patch(agent, "tickets?id=eq." + id, "{\"priority\":\"high\"}", "Prefer", "wait=1"),
                        insert(agent, "tickets", row, "Prefer", "wait=1, resolution=merge-duplicates"))) {
                    refused(late, 503, "CD503");
                    assertThat(late.header("Chronodesk-Position")).isEmpty();
                }
                assertThat(desk.head()).isEqualTo(head);
            });
        }
    }

    /** Rows that may be there already. */
    @Nested
    class Upserts {

        private static final String MERGE = "resolution=merge-duplicates," + ROWS;
        private static final String IGNORE = "resolution=ignore-duplicates," + ROWS;

        private Answer upsert(String token, String prefer, Object... rows) {
            return insert(token, "tickets?on_conflict=id&select=subject,priority", List.of(rows), "Prefer", prefer);
        }

        private Map<String, String> row(String id, String subject, String priority) {
            return Map.of("id", id, "subject", subject, "description", "It really is.", "priority", priority);
        }

        @Test
        void change_what_is_there_make_what_is_not_and_sent_again_do_nothing() {
            var there = desk.ticket(customer, "There");
            var rows = new Object[] {
                Map.of("id", there, "subject", "There", "priority", "high"),
                Map.of("id", UUID.randomUUID().toString(), "subject", "New", "priority", "low")
            };
            refused(upsert(agent, MERGE, rows), 400, "malformed"); // a new one needs a description
            var description = desk.read(agent, "tickets?id=eq." + there)
                    .get(0)
                    .get("description")
                    .asString();
            for (var i = 0; i < rows.length; i++) {
                var whole = new HashMap<>((Map<?, ?>) rows[i]);
                rows[i] = Map.of(
                        "id", whole.get("id"),
                        "subject", whole.get("subject"),
                        "description", description,
                        "priority", whole.get("priority"));
            }
            var head = desk.head();
            var both = upsert(agent, MERGE, rows);
            assertThat(both.status()).as(both.body()).isEqualTo(201);
            assertThat(both.json().values())
                    .extracting(row -> row.get("subject").asString() + " "
                            + row.get("priority").asString())
                    .containsExactly("There high", "New low");
            assertThat(both.header("Preference-Applied")).contains("resolution=merge-duplicates");
            assertThat(desk.head()).isEqualTo(head + 2);

            var again = upsert(agent, MERGE, rows);
            assertThat(again.status()).as(again.body()).isEqualTo(200);
            assertThat(again.body()).isEqualTo(both.body());
            assertThat(desk.head()).isEqualTo(head + 2);
        }

        @Test
        void pass_over_what_is_there_when_that_is_asked() {
            var there = desk.ticket(customer, "Kept");
            var fresh = UUID.randomUUID().toString();
            var made = upsert(
                    agent, IGNORE, row(there, "Other", "high"), row(fresh, "Fresh", "low"), row(fresh, "Twice", "low"));
            assertThat(made.status()).as(made.body()).isEqualTo(201);
            assertThat(made.body()).contains("Fresh").doesNotContain("Kept", "Other", "Twice");
            var none = upsert(agent, IGNORE, row(there, "Other", "high"));
            assertThat(none.body()).isEqualTo("[]");
            assertThat(desk.read(agent, "tickets?id=eq." + there)
                            .get(0)
                            .get("subject")
                            .asString())
                    .isEqualTo("Kept");
        }

        @Test
        void change_no_more_than_updates_do_and_all_or_nothing() {
            var there = desk.ticket(customer, "Fixed");
            var head = desk.head();
            var other = row(there, "Another", "high");
            refused(upsert(agent, MERGE, row(UUID.randomUUID().toString(), "New", "low"), other), 400, "428C9");
            refused(upsert(agent, MERGE, other, other), 400, "21000");
            refused(upsert(agent, MERGE, other, row(there.toUpperCase(Locale.ROOT), "Fixed", "low")), 400, "21000");
            for (var id : List.of(7, List.of(there), Map.of("id", there))) {
                var odd = upsert(agent, MERGE, Map.of("id", id, "subject", "Odd", "description", "x"));
                refused(odd, 400, "malformed");
                assertThat(odd.json().get("details").asString()).contains("id: must be a text");
            }
            refused(upsert(agent, MERGE, row("x", "New", "low")), 400, "22P02");
            refused(
                    insert(
                            agent,
                            "tickets?on_conflict=number",
                            List.of(other),
                            "Prefer",
                            "resolution=merge-duplicates"),
                    400,
                    "42P10");
            assertThat(desk.head()).isEqualTo(head);
        }

        @Test
        void see_no_more_than_their_sender_does() {
            var foreign = desk.ticket(desk.person("Eve", "customer"), "Not yours");
            var head = desk.head();
            for (var prefer : List.of(MERGE, IGNORE))
                refused(
                        upsert(customer, prefer, Map.of("id", foreign, "subject", "Not yours", "description", "x")),
                        409,
                        "already-exists");
            assertThat(desk.head()).isEqualTo(head);
        }

        @Test
        void of_comments_find_them_as_they_are() {
            var ticket = desk.ticket(customer, "Talk");
            var comment = new HashMap<String, String>(Map.of(
                    "id", UUID.randomUUID().toString(), "ticket_id", ticket, "body", "Hm.", "visibility", "internal"));
            for (var status : List.of(201, 200)) {
                var said = insert(agent, "ticket_comments?select=body", comment, "Prefer", MERGE);
                assertThat(said.status()).as(said.body()).isEqualTo(status);
                assertThat(said.body()).isEqualTo("[{\"body\":\"Hm.\"}]");
            }
            comment.put("body", "Hm!");
            refused(insert(agent, "ticket_comments", comment, "Prefer", MERGE), 400, "428C9");
        }
    }

    @Nested
    class Csv {

        private Answer csv(String text, String... headers) {
            var all = new ArrayList<>(List.of("Content-Type", "text/csv"));
            all.addAll(List.of(headers));
            return desk.post(
                    customer,
                    "/rest/v1/tickets?select=subject,description,tags,type",
                    text,
                    all.toArray(String[]::new));
        }

        @Test
        void rows_come_back_as_they_were_sent() {
            var text = "subject,description,tags,type\n"
                    + "\"A, \"\"b\"\"\",\"two\n"
                    + "lines\",\"{\"\"x y\"\",z}\",\n"
                    + "Plain,text,{},incident";
            var made = csv(text, "Prefer", ROWS);
            assertThat(made.status()).as(made.body()).isEqualTo(201);
            var rows = made.json();
            assertThat(rows.get(0).get("subject").asString()).isEqualTo("A, \"b\"");
            assertThat(rows.get(0).get("description").asString()).isEqualTo("two\nlines");
            assertThat(rows.get(0).get("tags").values())
                    .extracting(JsonNode::asString)
                    .containsExactly("x y", "z");
            assertThat(rows.get(0).get("type").isNull()).isTrue();
            assertThat(rows.get(1).get("type").asString()).isEqualTo("incident");
            assertThat(rows.get(1).get("tags")).isEmpty();
            // what is answered as CSV can be sent
            var answered = csv(text, "Prefer", ROWS, "Accept", "text/csv").body();
            var again = csv(answered, "Prefer", ROWS);
            assertThat(again.status()).as(again.body()).isEqualTo(201);
            assertThat(again.json()).isEqualTo(rows);
        }

        @Test
        void what_is_no_csv_is_named_and_nothing_is_done() {
            var head = desk.head();
            for (var bad : List.of(
                    "subject,description\nonly one",
                    "subject,subject\na,b",
                    "subject,description\n\"open",
                    "subject,description,tags\na,b,x")) refused(csv(bad), 400, "PGRST102");
            refused(csv("subject,colour\na,b"), 400, "PGRST204");
            assertThat(csv("subject,description").status()).isEqualTo(201);
            refused(
                    desk.send(
                            "PATCH",
                            agent,
                            "/rest/v1/tickets?id=eq." + UUID.randomUUID(),
                            "a\nb",
                            "Content-Type",
                            "text/csv"),
                    400,
                    "PGRST102");
            assertThat(desk.head()).isEqualTo(head);
        }
    }
}
