package dev.chronodesk.query.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.TestInstance.Lifecycle.PER_CLASS;

import dev.chronodesk.db.TestDatabase;
import dev.chronodesk.events.profile.Role;
import dev.chronodesk.query.LiveSchema;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Who reads what, asked as raw SQL with the read login: nothing of HTTP and nothing of Java stands between the policies
 * and the answer.
 */
@TestInstance(PER_CLASS)
abstract class AccessContract {

    private World world;

    abstract TestDatabase database();

    @BeforeAll
    void start() {
        world = new World(database());
        world.histories().by(world.root).email(world.eve, "eve.other@example.com");
        world.desk().caughtUp();
    }

    @AfterAll
    void stop() {
        world.close();
    }

    /**
     * The matrix. Own is what concerns Bob, who is the customer; internal is the note on his ticket and its event;
     * staff are the agents on his ticket; other is what concerns Eve, and the agent who wrote only the note.
     */
    @ParameterizedTest(name = "{0} reads {1}: own {2}, internal {3}, staff {4}, other {5}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
        customer | tickets         | 1 | - | - | 0
        customer | ticket_comments | 1 | 0 | - | 0
        customer | ticket_events   | 4 | 0 | - | 0
        customer | profiles        | 1 | - | 2 | 0
        customer | profile_emails  | 1 | - | 0 | 0
        customer | teams           | - | - | - | 0
        customer | team_members    | - | - | - | 0
        customer | schedules       | - | - | - | 0
        agent    | tickets         | 1 | - | - | 1
        agent    | ticket_comments | 1 | 1 | - | 1
        agent    | ticket_events   | 4 | 1 | - | 2
        agent    | profiles        | 1 | - | 2 | 2
        agent    | profile_emails  | 1 | - | 2 | 2
        agent    | teams           | - | - | - | 1
        agent    | team_members    | - | - | - | 1
        agent    | schedules       | - | - | - | 1
        admin    | tickets         | 1 | - | - | 1
        admin    | ticket_comments | 1 | 1 | - | 1
        admin    | ticket_events   | 4 | 1 | - | 2
        admin    | profiles        | 1 | - | 2 | 2
        admin    | profile_emails  | 1 | - | 2 | 3
        admin    | teams           | - | - | - | 1
        admin    | team_members    | - | - | - | 1
        admin    | schedules       | - | - | - | 1
        auditor  | tickets         | 1 | - | - | 1
        auditor  | ticket_comments | 1 | 1 | - | 1
        auditor  | ticket_events   | 4 | 1 | - | 2
        auditor  | profiles        | 1 | - | 2 | 2
        auditor  | profile_emails  | 1 | - | 2 | 3
        auditor  | teams           | - | - | - | 1
        auditor  | team_members    | - | - | - | 1
        auditor  | schedules       | - | - | - | 1
        analyst  | tickets         | 1 | - | - | 1
        analyst  | ticket_comments | 1 | 1 | - | 1
        analyst  | ticket_events   | 4 | 1 | - | 2
        analyst  | profiles        | 1 | - | 2 | 2
        analyst  | teams           | - | - | - | 1
        analyst  | team_members    | - | - | - | 1
        analyst  | schedules       | - | - | - | 1
        service  | tickets         | 1 | - | - | 1
        service  | ticket_comments | 1 | 1 | - | 1
        service  | ticket_events   | 4 | 1 | - | 2
        service  | profiles        | 1 | - | 2 | 2
        service  | profile_emails  | 1 | - | 2 | 3
        service  | teams           | - | - | - | 1
        service  | team_members    | - | - | - | 1
        service  | schedules       | - | - | - | 1
        """)
    void the_matrix(String role, String view, String own, String internal, String staff, String other)
            throws SQLException {
        try (var connection = as(Role.of(role))) {
            expect(connection, view, "own", own);
            expect(connection, view, "internal", internal);
            expect(connection, view, "staff", staff);
            expect(connection, view, "other", other);
        }
    }

    private void expect(Connection connection, String view, String part, String rows) throws SQLException {
        if (rows.equals("-")) return;
        assertThat(count(connection, "select count(*) from api." + view + " where " + predicate(view, part)))
                .as(view + " " + part)
                .isEqualTo(Long.parseLong(rows));
    }

    private String predicate(String view, String part) {
        return switch (view + " " + part) {
            case "tickets own" -> is("id", world.bobs);
            case "tickets other" -> is("id", world.eves);
            case "ticket_comments own" -> is("id", world.said);
            case "ticket_comments internal" -> is("id", world.note);
            case "ticket_comments other" -> is("id", world.toEve);
            case "ticket_events own" -> is("ticket_id", world.bobs) + " and position <> " + world.notePosition;
            case "ticket_events internal" -> "position = " + world.notePosition;
            case "ticket_events other" -> is("ticket_id", world.eves);
            case "profiles own" -> is("id", world.bob);
            case "profiles staff" -> "id in ('" + world.ada + "', '" + world.ann + "')";
            case "profiles other" -> "id in ('" + world.eve + "', '" + world.amy + "')";
            case "profile_emails own" -> is("profile_id", world.bob);
            case "profile_emails staff" -> "profile_id in ('" + world.ada + "', '" + world.ann + "')";
            case "profile_emails other" -> "profile_id in ('" + world.eve + "', '" + world.amy + "')";
            case "teams other", "team_members other", "schedules other" -> "true";
            default -> throw new AssertionError(view + " has no " + part);
        };
    }

    private static String is(String column, Object id) {
        return column + " = '" + id + "'";
    }

    @Test
    void a_customer_knows_of_staff_no_more_than_a_name() throws SQLException {
        try (var connection = as(Role.CUSTOMER)) {
            assertThat(rows(
                            connection,
                            "select display_name, email, role, active, created_at from api.profiles where id = '"
                                    + world.ada + "'"))
                    .containsExactly("Ada|null|null|null|null");
            assertThat(rows(
                            connection,
                            "select display_name, email, role, active from api.profiles where id = '" + world.bob
                                    + "'"))
                    .containsExactly("Bob|Bob@example.com|customer|t");
            assertThat(count(connection, "select count(*) from api.profiles where email like 'Ada%'"))
                    .isZero();
        }
    }

    @Test
    void an_analyst_gets_no_contact_data_neither_shown_nor_searched_nor_sorted() throws SQLException {
        try (var connection = as(Role.ANALYST)) {
            assertThat(rows(connection, "select distinct display_name, email from api.profiles"))
                    .containsExactly("null|null");
            assertThat(count(connection, "select count(*) from api.profiles where role = 'agent'"))
                    .isEqualTo(3);
            assertThat(count(connection, "select count(*) from api.profiles where display_name ~ 'A'"))
                    .isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tickets",
                "ticket_comments",
                "ticket_events",
                "profiles",
                "profile_emails",
                "teams",
                "team_members",
                "schedules"
            })
    void nobody_and_the_bare_login_read_nothing(String view) throws SQLException {
        try (var connection = become("chronodesk_anon", "{\"role\":\"anon\"}")) {
            denied(connection, "select count(*) from api." + view);
        }
        try (var connection = bare()) {
            denied(connection, "select count(*) from api." + view);
        }
    }

    @ParameterizedTest
    @EnumSource(Role.class)
    void log_accounts_and_the_tables_under_the_views_are_out_of_reach(Role role) throws SQLException {
        var relations = relations();
        assertThat(relations)
                .contains("log.event", "log.secret", LiveSchema.TABLES + ".tickets", LiveSchema.TABLES + ".generation");
        try (var connection = as(role)) {
            for (var relation : relations) denied(connection, "select count(*) from " + relation);
        }
        try (var connection = bare()) {
            for (var relation : relations) denied(connection, "select count(*) from " + relation);
        }
    }

    private List<String> relations() throws SQLException {
        try (var connection = world.desk().database().superuser()) {
            return rows(
                    connection,
                    "select quote_ident(n.nspname) || '.' || quote_ident(c.relname) from pg_class c join pg_namespace"
                        + " n on n.oid = c.relnamespace where c.relkind in ('r', 'v', 'm', 'S', 'p') and n.nspname in"
                        + " ('log', 'identity', 'migration', '" + LiveSchema.TABLES + "')");
        }
    }

    @ParameterizedTest
    @EnumSource(Role.class)
    void nobody_changes_anything(Role role) throws SQLException {
        try (var connection = as(role)) {
            denied(connection, "update api.tickets set subject = 'mine'");
            denied(connection, "delete from api.ticket_comments");
            denied(connection, "insert into api.teams (id, name, created_at) values (gen_random_uuid(), 'x', now())");
            denied(connection, "create table api.mine (id int)");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"chronodesk_fold", "chronodesk_write", "chronodesk_identity", "pg_read_all_data"})
    void the_read_login_cannot_become_more(String role) throws SQLException {
        try (var connection = bare()) {
            denied(connection, "set local role " + role);
        }
    }

    @Test
    void claims_alone_give_nothing() throws SQLException {
        try (var connection = become(
                "chronodesk_customer",
                "{\"sub\":\"" + world.bob + "\",\"role\":\"service_role\",\"app_metadata\":{\"role\":\"admin\"}}")) {
            assertThat(count(connection, "select count(*) from api.tickets")).isEqualTo(1);
        }
        try (var connection = become("chronodesk_customer", "{}")) {
            for (var view : List.of(
                    "tickets", "ticket_comments", "ticket_events", "profiles", "profile_emails", "teams", "schedules"))
                assertThat(count(connection, "select count(*) from api." + view))
                        .isZero();
        }
    }

    @Test
    void a_role_ends_with_its_transaction() throws SQLException {
        try (var connection = as(Role.ADMIN)) {
            assertThat(count(connection, "select count(*) from api.tickets")).isEqualTo(2);
            connection.commit();
            denied(connection, "select count(*) from api.tickets");
        }
    }

    @ParameterizedTest
    @CsvSource({"customer, false", "agent, true", "admin, true", "auditor, true", "analyst, true", "service, true"})
    void who_may_ask_for_the_agents_performance(String role, boolean may) throws SQLException {
        var sql = "select count(*) from api.agent_performance(null, null)";
        try (var connection = as(Role.of(role))) {
            if (may) assertThat(count(connection, sql)).isEqualTo(2);
            else denied(connection, sql);
        }
        try (var connection = become("chronodesk_anon", "{}")) {
            denied(connection, sql);
        }
    }

    @ParameterizedTest
    @CsvSource({"customer, false", "agent, true", "admin, true", "auditor, true", "analyst, true", "service, true"})
    void who_may_ask_for_metrics(String role, boolean may) throws SQLException {
        var metrics = List.of(
                "api.measurements('first_response', null, null)",
                "api.agent_metric('first_response', null, null)",
                "api.team_metric('first_response', null, null)",
                "api.desk_metric('first_response', null, null)",
                "api.agent_counts(null, null)",
                "api.backlog(now())",
                "api.ticket_versions",
                "api.ticket_stations",
                "api.metric_definitions",
                "api.working_hours('" + world.schedule + "', '2026-01-01', '2026-02-01')",
                "api.business_seconds('" + world.schedule + "', '2026-01-01', '2026-02-01')");
        for (var metric : metrics) {
            var sql = "select count(*) from " + metric;
            try (var connection = as(Role.of(role))) {
                if (may) assertThat(count(connection, sql)).as(metric).isPositive();
                else denied(connection, sql);
            }
            try (var connection = become("chronodesk_anon", "{}")) {
                denied(connection, sql);
            }
        }
    }

    /** Those names without the version's own ones, which are the same as those of the schema that does not change. */
    private static Set<String> alike(List<String> names) {
        var own = names.stream()
                .filter(name -> name.startsWith(LiveSchema.VIEWS + "."))
                .map(name -> name.replace(LiveSchema.VIEWS, "api"))
                .collect(Collectors.toCollection(TreeSet::new));
        var others = new TreeSet<>(names);
        others.removeIf(name -> name.startsWith(LiveSchema.VIEWS + "."));
        assertThat(others).containsAll(own);
        assertThat(own)
                .containsAll(
                        others.stream().filter(name -> name.startsWith("api.")).toList());
        return others;
    }

    /** Everything that a reader can name, so that a forgotten grant is seen here. */
    @Test
    void what_is_offered_is_exactly_this() throws SQLException {
        try (var connection = world.desk().database().superuser()) {
            var offered = alike(
                    rows(
                            connection,
                            """
                    select n.nspname || '.' || c.relname
                    from pg_class c join pg_namespace n on n.oid = c.relnamespace, pg_roles r
                    where r.rolname like 'chronodesk\\_%' and not r.rolcanlogin and n.nspname !~ '^(pg_|information_schema)'
                      and c.relkind in ('r', 'v', 'm', 'p', 'f')
                      and has_schema_privilege(r.oid, n.oid, 'usage') and has_any_column_privilege(r.oid, c.oid, 'select')
                    """));
            assertThat(offered)
                    .containsExactly(
                            "api._position",
                            "api.metric_definitions",
                            "api.profile_emails",
                            "api.profiles",
                            "api.reports",
                            "api.schedules",
                            "api.team_members",
                            "api.teams",
                            "api.ticket_comments",
                            "api.ticket_events",
                            "api.ticket_stations",
                            "api.ticket_versions",
                            "api.tickets");
            var callable = alike(
                    rows(
                            connection,
                            """
                    select n.nspname || '.' || p.proname
                    from pg_proc p join pg_namespace n on n.oid = p.pronamespace, pg_roles r
                    where r.rolname like 'chronodesk\\_%' and not r.rolcanlogin and n.nspname !~ '^(pg_|information_schema)'
                      and has_schema_privilege(r.oid, n.oid, 'usage') and has_function_privilege(r.oid, p.oid, 'execute')
                    """));
            assertThat(callable)
                    .containsExactly(
                            "api.agent_counts",
                            "api.agent_metric",
                            "api.agent_performance",
                            "api.backlog",
                            "api.business_seconds",
                            "api.desk_metric",
                            "api.measurements",
                            "api.profile_by_email",
                            "api.report_content",
                            "api.search_tickets",
                            "api.team_metric",
                            "api.working_hours",
                            "auth.jwt",
                            "auth.uid");
        }
    }

    /** A customer's list is found by index, and the claims are read once: with many tickets that is the difference. */
    @ParameterizedTest
    @CsvSource({
        "tickets, tickets_of_requester",
        "ticket_comments, ticket_comments_of_ticket",
        "ticket_events, ticket_events_of_ticket_uk"
    })
    void a_customer_s_list_uses_its_index(String view, String index) throws SQLException {
        try (var connection = as(Role.CUSTOMER)) {
            execute(connection, "set local enable_seqscan to off");
            var plan = String.join("\n", rows(connection, "explain select * from api." + view));
            assertThat(plan).contains(index).contains("InitPlan").doesNotContain("Seq Scan");
        }
    }

    private Connection bare() throws SQLException {
        var connection = world.desk().database().database().read().getConnection();
        connection.setAutoCommit(false);
        return connection;
    }

    private Connection become(String role, String claims) throws SQLException {
        var connection = bare();
        execute(connection, "set local role " + role);
        try (var set = connection.prepareStatement("select set_config('request.jwt.claims', ?, true)")) {
            set.setString(1, claims);
            set.execute();
        }
        return connection;
    }

    private Connection as(Role role) throws SQLException {
        return become(
                "chronodesk_" + role.toString().toLowerCase(Locale.ROOT),
                "{\"sub\":\"" + world.caller(role).id() + "\",\"role\":\"authenticated\"}");
    }

    /** Refused for want of a right, and the transaction can go on. */
    private static void denied(Connection connection, String sql) throws SQLException {
        var before = connection.setSavepoint();
        assertThatThrownBy(() -> execute(connection, sql))
                .as(sql)
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("42501"));
        connection.rollback(before);
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static long count(Connection connection, String sql) throws SQLException {
        return Long.parseLong(rows(connection, sql).getFirst());
    }

    private static List<String> rows(Connection connection, String sql) throws SQLException {
        var rows = new ArrayList<String>();
        try (var statement = connection.createStatement();
                var result = statement.executeQuery(sql)) {
            while (result.next()) {
                var cells = new ArrayList<String>();
                for (var i = 1; i <= result.getMetaData().getColumnCount(); i++) cells.add(result.getString(i));
                rows.add(String.join("|", cells.stream().map(String::valueOf).toList()));
            }
        }
        return rows;
    }
}
