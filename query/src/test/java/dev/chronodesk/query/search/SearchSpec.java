package dev.chronodesk.query.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.TestInstance.Lifecycle.PER_CLASS;

import dev.chronodesk.db.caller.Caller;
import dev.chronodesk.events.profile.ProfileId;
import dev.chronodesk.events.profile.Role;
import dev.chronodesk.events.ticket.Status;
import dev.chronodesk.events.ticket.TicketId;
import dev.chronodesk.events.ticket.Visibility;
import dev.chronodesk.query.Desk;
import dev.chronodesk.query.Histories;
import dev.chronodesk.query.Http;
import dev.chronodesk.query.LiveSchema;
import dev.chronodesk.query.QuerySettings;
import dev.chronodesk.query.rest.RestController;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** {@code search_tickets}, asked as each kind of reader asks it. */
@TestInstance(PER_CLASS)
class SearchSpec {

    private Desk desk;
    private Histories histories;
    private ProfileId bob;
    private ProfileId eve;
    private ProfileId ada;
    private TicketId fire;
    private TicketId screen;

    /** A row of the answer. */
    private record Hit(
            String subject, float rank, String id, boolean ofComment, String highlight, long total, boolean capped) {}

    @BeforeAll
    void start() {
        desk = new Desk().start();
        histories = new Histories(desk.log());
        bob = histories.person("Bob", Role.CUSTOMER);
        eve = histories.person("Eve", Role.CUSTOMER);
        ada = histories.person("Ada", Role.AGENT);
        fire = histories.by(bob).ticket(bob, "Printer on fire");
        histories.later(Duration.ofMinutes(1)).by(bob).ticket(bob, "Paper is missing");
        screen = histories.later(Duration.ofMinutes(1)).by(eve).ticket(eve, "Screen flickers beside the printer");
        histories.by(ada).comment(fire, ada, "Have you tried printing with water?", Visibility.PUBLIC);
        histories.by(ada).comment(fire, ada, "The zebra knows why", Visibility.INTERNAL);
        histories.by(ada).comment(screen, ada, "A zebra crossing", Visibility.PUBLIC);
        histories.by(ada).move(screen, Status.NEW, Status.OPEN);
        desk.caughtUp();
    }

    @AfterAll
    void stop() {
        desk.close();
    }

    private List<Hit> search(Role role, ProfileId who, String arguments) throws SQLException {
        try (var connection = desk.database().database().read().getConnection()) {
            connection.setAutoCommit(false);
            execute(connection, "set local role chronodesk_" + role.toString().toLowerCase(Locale.ROOT));
            execute(connection, "select set_config('request.jwt.claims', '{\"sub\":\"" + who + "\"}', true)");
            return hits(connection, arguments);
        }
    }

    private static List<Hit> hits(Connection connection, String arguments) throws SQLException {
        var hits = new ArrayList<Hit>();
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery("select subject, rank, id, comment_id, highlight, total, capped from"
                        + " api.search_tickets(" + arguments + ")")) {
            while (rows.next())
                hits.add(new Hit(
                        rows.getString("subject"),
                        rows.getFloat("rank"),
                        rows.getString("id"),
                        rows.getString("comment_id") != null,
                        rows.getString("highlight"),
                        rows.getLong("total"),
                        rows.getBoolean("capped")));
        }
        return hits;
    }

    private List<String> subjects(String arguments) throws SQLException {
        return search(Role.AGENT, ada, arguments).stream().map(Hit::subject).toList();
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Test
    void words_are_found_in_any_form_the_subject_counting_most() throws SQLException {
        assertThat(subjects("'printers'")).containsExactly("Printer on fire", "Screen flickers beside the printer");
        assertThat(subjects("'printing water'")).containsExactly("Printer on fire");
        assertThat(subjects("'nothing of that kind'")).isEmpty();
    }

    @Test
    void phrases_alternatives_exclusions_and_beginnings() throws SQLException {
        assertThat(subjects("'\"on fire\"'")).containsExactly("Printer on fire");
        assertThat(subjects("'\"fire printer\"'")).isEmpty();
        assertThat(subjects("'paper or fire'")).containsExactlyInAnyOrder("Paper is missing", "Printer on fire");
        assertThat(subjects("'printer -flickers'")).containsExactly("Printer on fire");
        assertThat(subjects("'flick*'")).containsExactly("Screen flickers beside the printer");
        assertThat(subjects("'printer flick*'")).containsExactly("Screen flickers beside the printer");
    }

    @Test
    void a_misspelt_subject_is_found_when_nothing_else_is() throws SQLException {
        assertThat(subjects("'screan flickrs'")).containsExactly("Screen flickers beside the printer");
        assertThat(search(Role.CUSTOMER, bob, "'screan flickrs'")).isEmpty();
        assertThat(search(Role.CUSTOMER, eve, "'screan flickrs'")).hasSize(1);
    }

    @Test
    void anything_may_be_typed() throws SQLException {
        var seed = System.nanoTime();
        System.out.println("SearchSpec seed " + seed);
        var random = new Random(seed);
        var letters = "ab *\"'\\():&|!<->%_,;\n\täß🎫";
        for (var i = 0; i < 300; i++) {
            var typed = new StringBuilder();
            for (var length = random.nextInt(12); length > 0; length--)
                typed.append(letters.charAt(random.nextInt(letters.length())));
            if (hasHalf(typed)) continue;
            assertThat(subjects("$q$" + typed + "$q$")).hasSizeLessThanOrEqualTo(20);
        }
    }

    private static boolean hasHalf(CharSequence text) {
        return text.chars().anyMatch(unit -> Character.isSurrogate((char) unit));
    }

    @Test
    void a_customer_finds_what_they_may_read_and_is_shown_nothing_else() throws SQLException {
        assertThat(search(Role.CUSTOMER, bob, "'printer'")).singleElement().satisfies(hit -> {
            assertThat(hit.subject()).isEqualTo("Printer on fire");
            assertThat(hit.highlight()).startsWith("⟦Printer⟧ on fire");
            assertThat(hit.total()).isEqualTo(1);
        });
        // the note on Bob's ticket, and the comment on Eve's
        assertThat(search(Role.CUSTOMER, bob, "'zebra'")).isEmpty();
        assertThat(search(Role.CUSTOMER, eve, "'zebra'")).singleElement().satisfies(hit -> {
            assertThat(hit.ofComment()).isTrue();
            assertThat(hit.highlight()).contains("⟦zebra⟧ crossing");
        });
        assertThat(search(Role.AGENT, ada, "'zebra'")).hasSize(2);
        // a place without that word: another ticket, and the public comment on the first
        assertThat(search(Role.CUSTOMER, bob, "'-printer'")).hasSize(2).noneMatch(hit -> hit.highlight()
                .contains("zebra"));
        assertThat(search(Role.CUSTOMER, bob, "'printer', of_requester => '" + eve + "'"))
                .isEmpty();
    }

    @Test
    void nobody_and_a_role_that_is_not_named_find_nothing() throws SQLException {
        try (var connection = desk.database().superuser()) {
            assertThat(hits(connection, "'printer'")).isEmpty();
            assertThat(hits(connection, "'screan flickrs'")).isEmpty();
        }
    }

    @Test
    void filters_hold_for_subjects_and_comments() throws SQLException {
        assertThat(subjects("'printer', of_status => 'open'")).containsExactly("Screen flickers beside the printer");
        assertThat(subjects("'zebra', of_status => 'new'")).containsExactly("Printer on fire");
        assertThat(subjects("'zebra', of_requester => '" + eve + "'"))
                .containsExactly("Screen flickers beside the printer");
        assertThat(subjects("'printer', until => '2000-01-01'")).isEmpty();
        assertThat(subjects("'printer', of_priority => 'urgent'")).isEmpty();
    }

    @Test
    void pages_lose_and_double_nothing() throws SQLException {
        try (var other = new Desk().start()) {
            var many = new Histories(other.log());
            var person = many.person("Cora", Role.CUSTOMER);
            for (var i = 0; i < 57; i++) many.by(person).ticket(person, "Noise " + "noise ".repeat(i % 3) + i);
            other.caughtUp();
            var seen = new HashSet<String>();
            var after = "";
            try (var connection = other.database().database().read().getConnection()) {
                connection.setAutoCommit(false);
                execute(connection, "set local role chronodesk_agent");
                for (var page = 0; page < 10; page++) {
                    var hits = hits(connection, "'noise', size => 10" + after);
                    if (hits.isEmpty()) break;
                    for (var hit : hits) {
                        assertThat(seen.add(hit.id())).isTrue();
                        assertThat(hit.total()).isEqualTo(57);
                        assertThat(hit.capped()).isFalse();
                    }
                    var last = hits.getLast();
                    after = ", after_rank => '" + last.rank() + "', after_id => '" + last.id() + "'";
                }
            }
            assertThat(seen).hasSize(57);
        }
    }

    @Test
    void it_is_asked_over_http_by_whoever_is_signed_in() {
        var http = new Http(new RestController(
                desk.database().database().read(), desk.runner(), desk.log(), QuerySettings.defaults()));
        var asked = http.as(new Caller.Known(bob.value(), Role.CUSTOMER));
        assertThat(asked.get("/rest/v1/rpc/search_tickets?query=printr&select=subject,total")
                        .body())
                .isEqualTo("[{\"subject\":\"Printer on fire\",\"total\":1}]");
        assertThat(asked.send(
                                "POST",
                                "/rest/v1/rpc/search_tickets?select=subject",
                                Http.json("{'query':'\\'on fire\\'','of_status':'new'}".replace("\\'", "\\\"")),
                                "Content-Type",
                                "application/json")
                        .column("subject"))
                .containsExactly("Printer on fire");
        assertThat(asked.get("/rest/v1/rpc/search_tickets?query=fire&of_assignee=nobody")
                        .status())
                .isEqualTo(400);
        assertThat(http.as(new Caller.Anonymous())
                        .get("/rest/v1/rpc/search_tickets?query=printer")
                        .status())
                .isEqualTo(401);
    }

    /** With many tickets the index is the difference; a plan that was made for few must not stay. */
    @Test
    void words_are_looked_up_in_their_indexes() throws SQLException {
        try (var connection = desk.database().superuser()) {
            execute(connection, "set enable_seqscan to off");
            for (var question : List.of(
                    "select 1 from " + LiveSchema.TABLES + ".ticket_texts where words @@ 'a'::tsquery",
                    "select 1 from " + LiveSchema.TABLES + ".ticket_comments where words @@ 'a'::tsquery",
                    "select 1 from " + LiveSchema.TABLES + ".ticket_texts where subject operator(search.%>) 'abc'")) {
                var plan = new StringBuilder();
                try (var statement = connection.createStatement();
                        var rows = statement.executeQuery("explain " + question)) {
                    while (rows.next()) plan.append(rows.getString(1)).append('\n');
                }
                assertThat(plan.toString()).contains("Bitmap Index Scan");
            }
        }
    }
}
