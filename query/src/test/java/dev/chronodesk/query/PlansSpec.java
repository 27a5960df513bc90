package dev.chronodesk.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chronodesk.events.profile.ProfileId;
import dev.chronodesk.events.ticket.TicketCreated;
import dev.chronodesk.events.ticket.TicketId;
import dev.chronodesk.query.fold.Filling;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Which indexes answer what is asked, on 20,000 tickets: never a whole table. PostgreSQL's own counters of a
 * transaction tell, so that the insides of functions count too.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PlansSpec {

    private static final int TICKETS = 20_000;

    /** What grows with the desk's organisation and not with its tickets, or not at all. */
    private static final List<String> SMALL = List.of("teams", "team_members", "generation", "adopted_definitions");

    private final MadeDesk made = new MadeDesk(20, TICKETS, 2);
    private final ProfileId agent = made.agents().getFirst();
    private final ProfileId customer = made.customers().get(100);
    private Desk desk;
    private TicketId ticket;

    @BeforeAll
    void fill() throws SQLException {
        desk = new Desk().start();
        desk.caughtUp();
        desk.stop();
        var model = ReadTables.model(desk.codec());
        var history = made.people(0);
        history.addAll(made.tickets(0, TICKETS, history.size()));
        ticket = history.stream()
                .map(recorded -> recorded.event())
                .filter(TicketCreated.class::isInstance)
                .map(TicketCreated.class::cast)
                .filter(created -> created.requesterId().equals(customer))
                .findFirst()
                .orElseThrow()
                .ticketId();
        try (var connection = desk.database().superuser()) {
            Filling.of(model, history).intoLive(connection);
            execute(connection, "vacuum analyze");
        }
    }

    @AfterAll
    void close() {
        desk.close();
    }

    /**
     * What a statement looked at.
     *
     * @param fetched tables of which an index alone was not enough
     */
    private record Looked(List<String> wholeTables, List<String> indexes, List<String> fetched, int rows) {

        /** At those indexes, perhaps at others, and at no whole table that grows. */
        void at(String... wanted) {
            assertThat(rows).as("an answer").isPositive();
            assertThat(wholeTables).as("read whole").isSubsetOf(SMALL);
            assertThat(indexes).contains(wanted);
        }
    }

    private Looked agent(String sql) throws SQLException {
        return looked("chronodesk_agent", agent, sql);
    }

    private Looked customer(String sql) throws SQLException {
        return looked("chronodesk_customer", customer, sql);
    }

    private Looked analyst(String sql) throws SQLException {
        return looked("chronodesk_analyst", agent, sql);
    }

    private Looked looked(String role, ProfileId who, String sql) throws SQLException {
        try (var connection = desk.database().database().read().getConnection()) {
            // what earlier statements of this session counted is not ours
            execute(connection, "select pg_stat_force_next_flush()");
            connection.setAutoCommit(false);
            execute(connection, "set local max_parallel_workers_per_gather to 0");
            execute(connection, "set local role " + role);
            execute(connection, "select set_config('request.jwt.claims', '{\"sub\":\"" + who + "\"}', true)");
            var rows = column(connection, sql).size();
            execute(connection, "reset role");
            var looked = new Looked(
                    column(
                            connection,
                            "select relname from pg_stat_xact_user_tables where schemaname = '" + LiveSchema.TABLES
                                    + "' and seq_scan > 0"),
                    column(
                            connection,
                            "select indexrelname from pg_stat_user_indexes where schemaname = '" + LiveSchema.TABLES
                                    + "' and pg_stat_get_xact_numscans(indexrelid) > 0"),
                    column(
                            connection,
                            "select relname from pg_stat_xact_user_tables where schemaname = '" + LiveSchema.TABLES
                                    + "' and idx_tup_fetch > 0"),
                    rows);
            connection.rollback();
            return looked;
        }
    }

    private static List<String> column(Connection connection, String sql) throws SQLException {
        var values = new ArrayList<String>();
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            while (rows.next()) values.add(rows.getString(1));
        }
        return values;
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Nested
    class Lists {

        @Test
        void of_everybody() throws SQLException {
            agent("select id, subject from api.tickets order by updated_at desc, id desc limit 50")
                    .at("tickets_by_change");
            analyst("select id, subject from api.tickets order by updated_at desc, id desc limit 50")
                    .at("tickets_by_change");
        }

        @Test
        void of_an_agent_queue() throws SQLException {
            agent("select id, subject from api.tickets where assignee_id = '" + agent
                            + "' order by updated_at desc, id desc limit 50")
                    .at("tickets_of_assignee");
        }

        @Test
        void of_a_customer_own_tickets() throws SQLException {
            customer("select id, subject from api.tickets order by updated_at desc, id desc limit 50")
                    .at("tickets_of_requester");
        }

        @Test
        void of_the_people_that_a_customer_deals_with() throws SQLException {
            customer("select id, display_name from api.profiles")
                    .at("tickets_of_requester", "ticket_comments_of_ticket");
        }

        @Test
        void of_what_is_not_solved() throws SQLException {
            agent("select id, subject from api.tickets where status = 'open' order by updated_at desc, id"
                            + " desc limit 50")
                    .at("tickets_unsolved");
        }

        @Test
        void of_an_agent_teams() throws SQLException {
            // nobody is in a team here
            assertThat(agent("select team_id from api.team_members where profile_id = '" + agent + "'")
                            .wholeTables())
                    .isSubsetOf(SMALL);
        }
    }

    @Nested
    class Details {

        private final List<String> sights =
                List.of("chronodesk_agent", "chronodesk_customer", "chronodesk_auditor", "chronodesk_analyst");

        @Test
        void of_a_ticket() throws SQLException {
            for (var role : sights)
                looked(role, customer, "select id, subject from api.tickets where id = '" + ticket + "'")
                        .at("tickets_pk");
        }

        /** Who has it is enough: nobody looks up who else answered its customer. */
        @Test
        void of_a_ticket_with_the_name_of_its_agent() throws SQLException {
            var looked = customer("select t.subject, p.display_name from api.tickets t"
                    + " join api.profiles p on p.id = t.assignee_id where t.id = '" + ticket + "'");
            looked.at("tickets_pk", "tickets_of_requester", "profiles_pk");
            assertThat(looked.indexes()).doesNotContain("ticket_comments_of_ticket");
            assertThat(looked.fetched()).containsExactlyInAnyOrder("tickets", "profiles");
        }

        @Test
        void of_its_conversation() throws SQLException {
            for (var role : sights)
                looked(role, customer, "select id, body from api.ticket_comments where ticket_id = '" + ticket + "'")
                        .at("ticket_comments_of_ticket");
        }

        @Test
        void of_its_history() throws SQLException {
            for (var role : sights)
                looked(role, customer, "select seq, type from api.ticket_events where ticket_id = '" + ticket + "'")
                        .at("ticket_events_of_ticket_uk");
        }

        @Test
        void of_its_course() throws SQLException {
            analyst("select number, status from api.ticket_versions where ticket_id = '" + ticket + "'")
                    .at("ticket_states_pk", "ticket_courses_pk");
            analyst("select assignees, teams from api.ticket_stations where ticket_id = '" + ticket + "'")
                    .at("ticket_states_pk", "ticket_courses_pk");
        }

        @Test
        void of_a_person() throws SQLException {
            agent("select display_name from api.profiles where id = '" + customer + "'")
                    .at("profiles_pk");
            customer("select display_name from api.profiles where id = '" + customer + "'")
                    .at("profiles_pk");
        }
    }

    @Nested
    class Searches {

        @Test
        void by_staff_look_words_up() throws SQLException {
            agent("select id from api.search_tickets('" + MadeDesk.word(2_000) + "')")
                    .at("ticket_texts_words", "ticket_comments_words");
        }

        @Test
        void by_staff_look_at_no_ticket_before_the_page() throws SQLException {
            // after the last place there is no page
            var looked = agent("select count(*) from api.search_tickets('" + MadeDesk.word(100)
                    + "', after_rank => 0, after_id => '00000000-0000-0000-0000-000000000000')");
            looked.at("ticket_texts_words", "ticket_comments_words");
            assertThat(looked.indexes()).doesNotContain("tickets_pk");
        }

        @Test
        void within_a_status_or_a_time_look_up_which_tickets_those_are() throws SQLException {
            var word = MadeDesk.word(100);
            agent("select id from api.search_tickets('" + word + "', of_status => 'open')")
                    .at("tickets_unsolved");
            agent("select id from api.search_tickets('" + word + "', since => '2025-12-20')")
                    .at("tickets_by_change");
        }

        @Test
        void by_customers_look_at_their_tickets_only() throws SQLException {
            customer("select id from api.search_tickets('" + MadeDesk.word(1) + "')")
                    .at("tickets_of_requester", "ticket_comments_of_ticket");
        }

        @Test
        void that_find_nothing_look_for_what_is_alike() throws SQLException {
            agent("select id from api.search_tickets('" + MadeDesk.word(100) + "x')")
                    .at("ticket_texts_subject_alike");
        }
    }

    @Nested
    class Statistics {

        private static final String MONTH = "'2024-05-01', '2024-06-01'";

        @Test
        void of_agents() throws SQLException {
            var performance = analyst("select agent_id from api.agent_performance(" + MONTH + ")");
            performance.at(
                    "ticket_solvings_in_time",
                    "ticket_replies_in_time",
                    "ticket_measures_responded",
                    "ticket_measures_resolved");
            assertThat(performance.fetched()).isEmpty();
            analyst("select agent_id from api.agent_counts(" + MONTH + ")")
                    .at(
                            "ticket_touches_in_time",
                            "ticket_spans_in_time",
                            "ticket_states_assigned",
                            "ticket_courses_assigned");
        }

        @Test
        void of_spans() throws SQLException {
            for (var metric : List.of("first_response", "next_response", "first_resolution", "full_resolution"))
                for (var of : List.of("agent", "team", "desk"))
                    analyst("select count from api." + of + "_metric('" + metric + "', " + MONTH + ")")
                            .at("ticket_spans_in_time");
        }

        @Test
        void of_time_in_a_status() throws SQLException {
            for (var metric : List.of("requester_wait", "agent_wait", "on_hold", "agent_work"))
                analyst("select count from api.desk_metric('" + metric + "', " + MONTH + ")")
                        .at("ticket_states_unsolved");
        }

        @Test
        void of_the_backlog() throws SQLException {
            analyst("select tickets from api.backlog('2024-05-01')")
                    .at("ticket_states_unsolved", "ticket_courses_unsolved");
        }
    }
}
