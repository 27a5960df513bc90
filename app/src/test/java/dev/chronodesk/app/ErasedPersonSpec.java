package dev.chronodesk.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chronodesk.db.TestDatabase;
import dev.chronodesk.db.log.Append;
import dev.chronodesk.db.log.NewEvent;
import dev.chronodesk.events.Metadata;
import dev.chronodesk.events.profile.ProfileErased;
import dev.chronodesk.events.profile.ProfileId;
import dev.chronodesk.events.profile.Role;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Who is erased while the service runs is gone from everything at once, and their address is free. */
class ErasedPersonSpec {

    private static final String SUBJECT = "My salary is wrong since May";
    private static final String BODY = "It is my salary, not yours";
    private static final String NAME = "Cora Salaried";
    private static final String EMAIL = "cora.salaried@example.org";

    private static String customer(TestDesk desk) {
        desk.signUp(EMAIL, NAME);
        return desk.signIn(EMAIL);
    }

    private static String ticket(TestDesk desk, String cora, String agent) {
        var ticket = desk.ticket(cora, SUBJECT);
        for (var token : List.of(cora, agent))
            desk.command(
                            token,
                            "AddComment",
                            Map.of(
                                    "ticketId",
                                    ticket,
                                    "body",
                                    token.equals(cora) ? BODY : "We look into it",
                                    "visibility",
                                    "public"))
                    .ok();
        return ticket;
    }

    @Test
    void an_erased_person_is_out_at_once_and_nowhere_any_more() throws Exception {
        var desk = TestDesk.start();
        try {
            var agent = desk.person("ari", "agent");
            var cora = customer(desk);
            var id = desk.id(cora);
            var ticket = ticket(desk, cora, agent);
            var numbers = "tickets?select=number,status,requester_id,comment_count,first_response_at&order=number";
            var before = desk.read(agent, numbers);
            var counts = "rpc/agent_performance?since=2020-01-01&until=2100-01-01";
            var performance = desk.read(agent, counts);
            assertThat(everywhere(desk.database())).contains(SUBJECT, BODY, NAME, EMAIL);

            var person = Map.of("profileId", id);
            assertThat(desk.command(cora, "ErasePerson", person).status()).isEqualTo(403);
            var erased = desk.command(desk.admin(), "ErasePerson", person).ok();

            assertThat(desk.get(cora, "/rest/v1/tickets").status()).isEqualTo(401);
            assertThat(desk.get(cora, "/auth/v1/user").status()).isIn(401, 403);
            assertThat(desk.command(cora, "CreateTicket", Map.of("subject", "x", "description", "y"))
                            .status())
                    .isEqualTo(401);
            var signIn = desk.post(
                    "",
                    "/auth/v1/token?grant_type=password",
                    TestDesk.JSON.writeValueAsString(Map.of("email", EMAIL, "password", TestDesk.PASSWORD)));
            assertThat(signIn.header("x-sb-error-code")).isEqualTo("invalid_credentials");
            // the tables follow
            desk.get(agent, "/rest/v1/tickets?limit=1", "Chronodesk-Min-Position", Long.toString(erased.position()));
            assertThat(everywhere(desk.database())).contains("We look into it").doesNotContain("alar");
            var audit = desk.get(desk.admin(), "/audit/events?limit=500").ok().body();
            assertThat(audit).contains("We look into it", "ProfileErased").doesNotContain("alar");
            assertThat(desk.get(desk.admin(), "/audit/tickets/" + ticket).ok().body())
                    .doesNotContain("alar");
            assertThat(desk.read(agent, numbers)).isEqualTo(before);
            assertThat(desk.read(agent, counts)).isEqualTo(performance);
            assertThat(desk.database().keys().needsRebuild()).isFalse();
            for (var command : List.of("AssignRole", "ReactivateProfile"))
                assertThat(desk.command(
                                        desk.admin(),
                                        command,
                                        command.equals("AssignRole")
                                                ? Map.of("profileId", id, "role", "agent")
                                                : person)
                                .body())
                        .contains("erased-person");

            var again = desk.id(customer(desk));
            assertThat(again).isNotEqualTo(id);
            assertThat(desk.read(desk.admin(), "rpc/profile_by_email?email=" + EMAIL)
                            .get(0)
                            .get("profile_id")
                            .asString())
                    .isEqualTo(again);

            assertThat(Ran.on(desk.database(), "rebuild").code()).isZero();
            assertThat(desk.read(agent, "tickets?select=subject,description&id=eq." + ticket)
                            .toString())
                    .isEqualTo("[{\"subject\":null,\"description\":null}]");
        } finally {
            desk.close();
        }
    }

    @Test
    void an_erasure_that_was_killed_behind_its_append_is_finished_by_the_next_start() throws Exception {
        try (var database = TestDatabase.create()) {
            UUID cora;
            var desk = TestDesk.on(database);
            try {
                var token = customer(desk);
                cora = UUID.fromString(desk.id(token));
                ticket(desk, token, desk.person("ari", "agent"));
            } finally {
                desk.stop();
            }
            // all that a process that is killed then has done
            database.log()
                    .append(new Append(
                            List.of(new NewEvent(
                                    database.log().version(cora),
                                    UUID.randomUUID(),
                                    null,
                                    new ProfileErased(new ProfileId(cora)),
                                    new Metadata(cora, Role.ADMIN, cora, false, "ErasePerson", "k", null))),
                            null));
            assertThat(everywhere(database)).contains(SUBJECT, NAME, EMAIL);
            var later = TestDesk.on(database);
            try {
                later.read(later.admin(), "tickets?select=subject");
                assertThat(everywhere(database)).contains("We look into it").doesNotContain("alar");
                assertThat(later.get(later.admin(), "/audit/events").ok().body())
                        .doesNotContain("alar");
                customer(later);
            } finally {
                later.stop();
            }
        }
    }

    /** Every row of the log, of the read tables and of identity, and the log's bytes as letters. */
    private static String everywhere(TestDatabase database) throws SQLException {
        var all = new StringBuilder();
        try (var connection = database.superuser();
                var statement = connection.createStatement()) {
            var tables = new java.util.ArrayList<String>();
            try (var rows = statement.executeQuery("select schemaname || '.' || tablename from pg_tables"
                    + " where schemaname in ('log', 'identity') or schemaname like 'live%'")) {
                while (rows.next()) tables.add(rows.getString(1));
            }
            for (var table : tables)
                try (var rows = statement.executeQuery("select t::text from " + table + " t")) {
                    while (rows.next()) all.append(rows.getString(1)).append('\n');
                }
            try (var rows = statement.executeQuery("select encode(payload, 'hex') from log.event")) {
                while (rows.next())
                    all.append(new String(HexFormat.of().parseHex(rows.getString(1)), StandardCharsets.UTF_8));
            }
        }
        return all.toString();
    }
}
