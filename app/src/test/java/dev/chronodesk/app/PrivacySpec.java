package dev.chronodesk.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chronodesk.query.LiveSchema;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a customer never gets to see, whichever way they ask: over HTTP, and as themselves in the database. */
class PrivacySpec {

    static final String NOTE = "between us: he is always like that";
    static final String SECRET_SUBJECT = "my salary is wrong";

    static TestDesk desk;
    static String cora;
    static String zoe;
    static String agent;
    static String corasTicket;
    static String zoesTicket;

    @BeforeAll
    static void start() {
        desk = TestDesk.start();
        cora = desk.person("cora", "customer");
        zoe = desk.person("zoe", "customer");
        agent = desk.person("ari", "agent");
        corasTicket = desk.ticket(cora, "Printer on fire");
        zoesTicket = desk.ticket(zoe, SECRET_SUBJECT);
        for (var ticket : List.of(corasTicket, zoesTicket)) {
            desk.command(agent, "AddComment", Map.of("ticketId", ticket, "body", NOTE, "visibility", "internal"))
                    .ok();
            desk.command(agent, "AddComment", Map.of("ticketId", ticket, "body", "Hello", "visibility", "public"))
                    .ok();
        }
    }

    @AfterAll
    static void stop() {
        desk.close();
    }

    @Test
    void staff_sees_what_customers_must_not() {
        assertThat(desk.read(agent, "ticket_comments?select=body").toString()).contains(NOTE);
        assertThat(desk.read(agent, "tickets?select=subject").toString()).contains(SECRET_SUBJECT);
    }

    @Test
    void no_view_shows_a_customer_another_ones_ticket_or_a_note() {
        for (var view : List.of(
                "tickets?select=*",
                "ticket_comments?select=*",
                "ticket_events?select=*",
                "profiles?select=*",
                "teams?select=*",
                "team_members?select=*",
                "tickets?id=eq." + zoesTicket,
                "ticket_comments?ticket_id=eq." + zoesTicket,
                "ticket_events?ticket_id=eq." + zoesTicket,
                "ticket_comments?visibility=eq.internal")) {
            var seen = desk.get(
                    cora,
                    "/rest/v1/" + view,
                    "Chronodesk-Min-Position",
                    String.valueOf(desk.head()),
                    "Prefer",
                    "count=exact,wait=30");
            assertThat(seen.status()).isBetween(200, 299);
            assertThat(seen.body()).as(view).doesNotContain(NOTE, SECRET_SUBJECT, zoesTicket, "internal");
        }
        assertThat(desk.read(cora, "tickets?select=id")).hasSize(1);
        assertThat(desk.read(cora, "ticket_comments?select=id")).hasSize(1);
    }

    @Test
    void history_and_log_are_not_for_customers_beyond_their_own() {
        for (var path : List.of(
                "/audit/events",
                "/audit/tickets/" + zoesTicket,
                "/audit/tickets/" + zoesTicket + "/history",
                "/audit/tickets/" + zoesTicket + "?asOf=1000000")) {
            var answer = desk.get(cora, path);
            assertThat(answer.status()).as(path).isBetween(400, 499);
            assertThat(answer.body()).doesNotContain(NOTE, SECRET_SUBJECT);
        }
    }

    @Test
    void no_command_reveals_or_touches_another_ones_ticket() {
        var before = desk.head();
        var foreign =
                desk.command(cora, "AddComment", Map.of("ticketId", zoesTicket, "body", "Hi", "visibility", "public"));
        var unknown = desk.command(
                cora,
                "AddComment",
                Map.of("ticketId", "018f0000-0000-7000-8000-000000000000", "body", "Hi", "visibility", "public"));
        assertThat(foreign.status()).isEqualTo(404);
        assertThat(foreign.json().get("code")).isEqualTo(unknown.json().get("code"));
        assertThat(foreign.json().get("detail")).isEqualTo(unknown.json().get("detail"));
        var stale = desk.command(
                cora,
                "AddComment",
                Map.of("ticketId", corasTicket, "body", "Hi", "visibility", "public"),
                "If-Match",
                "\"1\"");
        assertThat(stale.status()).isEqualTo(412);
        assertThat(stale.body()).doesNotContain(NOTE, "internal");
        assertThat(desk.head()).isEqualTo(before);
    }

    @Test
    void the_database_itself_shows_a_customer_no_more() throws SQLException {
        desk.read(agent, "tickets?select=id&limit=1");
        try (var connection = desk.database().database().read().getConnection()) {
            connection.setAutoCommit(false);
            be(connection, "chronodesk_customer", desk.id(cora));
            assertThat(column(connection, "select id::text from api.tickets")).containsExactly(corasTicket);
            assertThat(column(connection, "select body from api.ticket_comments"))
                    .containsExactly("Hello");
            assertThat(column(connection, "select t::text from api.ticket_events t"))
                    .isNotEmpty()
                    .allSatisfy(row -> assertThat(row).contains(corasTicket));
            connection.rollback();
        }
    }

    @Test
    void the_reading_login_sees_nothing_by_itself_and_nothing_beneath_the_views() throws SQLException {
        for (var statement : List.of(
                "select id from api.tickets",
                "select id from " + LiveSchema.TABLES + ".tickets",
                "select position from log.event",
                "select id from identity.account")) refused("", statement);
        for (var statement : List.of(
                "select position from log.event",
                "select body from " + LiveSchema.TABLES + ".ticket_comments where visibility = 'internal'",
                "set local role chronodesk_fold",
                "set local role chronodesk_write",
                "update " + LiveSchema.TABLES + ".tickets set subject = 'x'"))
            refused("chronodesk_customer", statement);
    }

    /** Refused, or at the most nothing to be seen. */
    private static void refused(String role, String statement) throws SQLException {
        try (var connection = desk.database().database().read().getConnection()) {
            connection.setAutoCommit(false);
            try {
                if (!role.isEmpty()) be(connection, role, desk.id(cora));
                if (statement.contains("where visibility")) {
                    try {
                        assertThat(column(connection, statement)).isEmpty();
                    } catch (SQLException e) {
                        assertThat(e.getSQLState()).isEqualTo("42501");
                    }
                    return;
                }
                assertThatThrownBy(() -> {
                            try (var tried = connection.createStatement()) {
                                tried.execute(statement);
                            }
                        })
                        .as(statement)
                        .isInstanceOfSatisfying(SQLException.class, e -> assertThat(e.getSQLState())
                                .isIn("42501", "3F000", "42P01"));
            } finally {
                connection.rollback();
            }
        }
    }

    private static void be(Connection connection, String role, String person) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute("set local role " + role);
        }
        try (var claims = connection.prepareStatement("select set_config('request.jwt.claims', ?, true)")) {
            claims.setString(1, "{\"sub\":\"" + person + "\",\"role\":\"authenticated\"}");
            claims.execute();
        }
    }

    private static List<String> column(Connection connection, String query) throws SQLException {
        var values = new ArrayList<String>();
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery(query)) {
            while (rows.next()) values.add(rows.getString(1));
        }
        return values;
    }
}
