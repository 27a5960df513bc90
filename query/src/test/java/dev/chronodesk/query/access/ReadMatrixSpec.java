package dev.chronodesk.query.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.TestInstance.Lifecycle.PER_CLASS;

import dev.chronodesk.db.caller.Caller;
import dev.chronodesk.events.Personal;
import dev.chronodesk.events.profile.ProfileId;
import dev.chronodesk.events.profile.ProfileRegistered;
import dev.chronodesk.events.profile.Role;
import dev.chronodesk.events.team.TeamId;
import dev.chronodesk.events.team.TeamMemberAdded;
import dev.chronodesk.events.ticket.CommentAdded;
import dev.chronodesk.events.ticket.CommentId;
import dev.chronodesk.events.ticket.MovedToTeam;
import dev.chronodesk.events.ticket.Priority;
import dev.chronodesk.events.ticket.TicketCreated;
import dev.chronodesk.events.ticket.TicketId;
import dev.chronodesk.events.ticket.Visibility;
import dev.chronodesk.query.Desk;
import dev.chronodesk.query.Histories;
import dev.chronodesk.query.Http;
import dev.chronodesk.query.QuerySettings;
import dev.chronodesk.query.rest.RestController;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The second table of {@code docs/access.md}, cell by cell, through {@code /rest/v1} and as plain SQL. */
@TestInstance(PER_CLASS)
class ReadMatrixSpec {

    private static final Map<String, String> KEYS = Map.ofEntries(
            Map.entry("tickets", "id"),
            Map.entry("ticket_comments", "id"),
            Map.entry("ticket_events", "position"),
            Map.entry("profiles", "id"),
            Map.entry("profile_emails", "position"),
            Map.entry("teams", "id"),
            Map.entry("team_members", "profile_id"),
            Map.entry("schedules", "id"),
            Map.entry("metric_definitions", "definition"),
            Map.entry("reports", "id"),
            Map.entry("ticket_versions", "ticket_id"),
            Map.entry("ticket_stations", "ticket_id"));

    /** What one reader of a role has and has not; by view and kind the keys of its rows. */
    private record Reader(Caller caller, Map<String, Set<String>> keys) {

        void concerns(String view, String of, Object... keys) {
            var all = this.keys.computeIfAbsent(view + " " + of, unseen -> new TreeSet<>());
            for (var key : keys) all.add(key.toString());
        }
    }

    /** @param role null for nobody signed in */
    record Cell(String view, String of, @Nullable Role role, String says) {}

    private final Map<Role, Reader> readers = new EnumMap<>(Role.class);
    private Desk desk;
    private Histories histories;
    private Http http;

    @BeforeAll
    void start() {
        desk = new Desk().start();
        histories = new Histories(desk.log());
        for (var role : Role.values()) readers.put(role, reader(role));
        desk.caughtUp();
        http = new Http(new RestController(
                desk.database().database().read(), desk.runner(), desk.log(), QuerySettings.defaults()));
    }

    @AfterAll
    void stop() {
        desk.close();
    }

    private Reader reader(Role role) {
        var self = histories.person("Reader " + role, role);
        var first = desk.log().head().position();
        var mate = histories.person("Mate of " + role, Role.AGENT);
        var mates = desk.log().head().position();
        var assignee = histories.person("Assignee of " + role, Role.AGENT);
        var answering = histories.person("Answering " + role, Role.AGENT);
        var answered = desk.log().head().position();
        var stranger = histories.person("Stranger to " + role, Role.CUSTOMER);
        var strangersFirst = desk.log().head().position();
        var lonely = histories.person("Lonely beside " + role, Role.AGENT);
        var nameless = new ProfileId(UUID.randomUUID());
        var nobodys =
                histories.append(new ProfileRegistered(nameless, Personal.erased(), Personal.erased(), Role.CUSTOMER));
        var team = histories.team("Team of " + role);
        var strangers = histories.team("Team beside " + role);
        histories.append(new TeamMemberAdded(team, self));
        histories.append(new TeamMemberAdded(team, mate));
        histories.append(new TeamMemberAdded(strangers, lonely));

        var reader = new Reader(new Caller.Known(self.value(), role), new TreeMap<>());
        reader.concerns("profiles", "own", self);
        reader.concerns("profiles", "staff", assignee, answering);
        reader.concerns("profiles", "team", mate);
        reader.concerns("profiles", "other", stranger, lonely);
        reader.concerns("profiles", "erased", nameless);
        reader.concerns("profile_emails", "own", first, histories.email(self, role + "@example.org"));
        reader.concerns("profile_emails", "staff", answered);
        reader.concerns("profile_emails", "team", mates);
        reader.concerns("profile_emails", "other", histories.email(stranger, "stranger." + role + "@example.org"));
        reader.concerns("profile_emails", "past", strangersFirst);
        reader.concerns("profile_emails", "erased", nobodys);
        reader.concerns("teams", "own", team);
        reader.concerns("teams", "other", strangers);
        reader.concerns("schedules", "other", histories.schedule(null, "UTC", List.of("monday 09:00-17:00")));
        reader.concerns("metric_definitions", "other", "full_resolution/1", "full_resolution/2");
        reader.concerns("reports", "other", histories.report("status"));
        reader.concerns("team_members", "own", self);
        reader.concerns("team_members", "team", mate);
        reader.concerns("team_members", "other", lonely);

        var own = ticket(reader, "own", self, Personal.of("Own"), null);
        event(reader, "own", histories.by(assignee).assign(own, null, assignee));
        comment(reader, "own", own, self, Personal.of("Said"), Visibility.PUBLIC);
        comment(reader, "own", own, answering, Personal.of("Answered"), Visibility.PUBLIC);
        comment(reader, "internal", own, assignee, Personal.of("Noted"), Visibility.INTERNAL);
        var teams = ticket(reader, "team", stranger, Personal.of("Of the team"), team);
        comment(reader, "team", teams, stranger, Personal.of("Said"), Visibility.PUBLIC);
        var others = ticket(reader, "other", stranger, Personal.of("Of a stranger"), strangers);
        comment(reader, "other", others, stranger, Personal.of("Said"), Visibility.PUBLIC);
        var erased = ticket(reader, "erased", self, Personal.erased(), null);
        comment(reader, "erased", erased, self, Personal.erased(), Visibility.PUBLIC);
        return reader;
    }

    private TicketId ticket(
            Reader reader, String of, ProfileId requester, Personal<String> text, @Nullable TeamId team) {
        var id = new TicketId(UUID.randomUUID());
        histories.by(requester);
        event(
                reader,
                of,
                histories.append(new TicketCreated(id, requester, text, text, Priority.NORMAL, null, List.of(), null)));
        if (team != null) event(reader, of, histories.append(new MovedToTeam(id, null, team)));
        reader.concerns("tickets", of, id);
        reader.concerns("ticket_versions", of, id);
        reader.concerns("ticket_stations", of, id);
        return id;
    }

    private void comment(
            Reader reader, String of, TicketId ticket, ProfileId author, Personal<String> body, Visibility visibility) {
        var id = new CommentId(UUID.randomUUID());
        event(reader, of, histories.by(author).append(new CommentAdded(ticket, id, author, body, visibility)));
        reader.concerns("ticket_comments", of, id);
    }

    private static void event(Reader reader, String of, long position) {
        reader.concerns("ticket_events", of, position);
    }

    static Stream<Cell> cells() throws IOException {
        var lines = Files.readString(Path.of("..", "docs", "access.md"))
                .lines()
                .dropWhile(line -> !line.startsWith("| view | of |"))
                .takeWhile(line -> line.startsWith("|"))
                .map(line -> Stream.of(line.split("\\|"))
                        .skip(1)
                        .map(cell -> cell.strip().replace("`", ""))
                        .toList())
                .toList();
        var head = lines.getFirst();
        var cells = new ArrayList<Cell>();
        for (var line : lines.subList(2, lines.size()))
            for (var i = 2; i < head.size(); i++)
                cells.add(new Cell(
                        line.get(0),
                        line.get(1),
                        head.get(i).equals("nobody signed in") ? null : Role.of(head.get(i)),
                        line.get(i)));
        return cells.stream();
    }

    @Test
    void the_table_speaks_of_every_view() throws Exception {
        var spoken = cells().map(Cell::view).collect(Collectors.toCollection(TreeSet::new));
        try (var connection = desk.database().superuser();
                var statement = connection.createStatement();
                var rows = statement.executeQuery("select c.relname from pg_class c where c.relkind = 'v' and"
                        + " c.relnamespace = 'api'::regnamespace and c.relname <> '_position'")) {
            var views = new TreeSet<String>();
            while (rows.next()) views.add(rows.getString(1));
            assertThat(spoken).isEqualTo(views);
        }
        assertThat(cells().filter(cell -> cell.role() == Role.CUSTOMER).map(cell -> cell.view() + " " + cell.of()))
                .containsAll(readers.get(Role.CUSTOMER).keys().keySet().stream()
                        .filter(key -> !key.matches("ticket_(versions|stations) erased"))
                        .toList());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cells")
    void each_cell_is_so_through_http_and_as_sql(Cell cell) throws SQLException {
        var reader = readers.get(cell.role() == null ? Role.CUSTOMER : cell.role());
        var keys = reader.keys().get(cell.view() + " " + cell.of());
        var caller = cell.role() == null ? new Caller.Anonymous() : reader.caller();
        var bySql = sql(caller, cell.view(), keys);
        assertThat(http(caller, cell.view(), keys)).isEqualTo(bySql);
        if (cell.of().equals("erased"))
            for (var row : bySql.orElse(Set.of()))
                for (var text : List.of("subject", "description", "body", "display_name", "email"))
                    assertThat(row.path(text).isString()).as(text).isFalse();
        switch (cell.says()) {
            case "refused" -> assertThat(bySql).isEmpty();
            case "no" -> assertThat(bySql).contains(Set.of());
            default -> {
                var rows = bySql.orElseThrow();
                assertThat(rows.stream()
                                .map(row -> row.path(KEYS.get(cell.view())).asString())
                                .collect(Collectors.toSet()))
                        .isEqualTo(keys);
                // an administrator sees all columns
                var whole =
                        sql(readers.get(Role.ADMIN).caller(), cell.view(), keys).orElseThrow();
                assertThat(rows)
                        .isEqualTo(whole.stream()
                                .map(row -> shown(row, cell.says()))
                                .collect(Collectors.toSet()));
            }
        }
    }

    /** A row with the columns that a cell leaves in it. */
    private static JsonNode shown(JsonNode row, String says) {
        var words = List.of(says.split("[ ,]+"));
        var named = words.subList(1, words.size());
        var copy = JSON.createObjectNode();
        row.properties().forEach(column -> {
            var kept =
                    switch (words.getFirst()) {
                        case "yes" -> true;
                        case "only" -> named.contains(column.getKey());
                        case "without" -> !named.contains(column.getKey());
                        default -> throw new AssertionError(says + " is no answer");
                    };
            if (kept) copy.set(column.getKey(), column.getValue());
            else copy.putNull(column.getKey());
        });
        return copy;
    }

    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** The rows of those keys; empty when asking is refused. */
    private Optional<Set<JsonNode>> sql(Caller caller, String view, Set<String> keys) throws SQLException {
        try (var connection = desk.database().database().read().getConnection()) {
            connection.setAutoCommit(false);
            try (var statement = connection.createStatement()) {
                if (caller instanceof Caller.Known known) {
                    statement.execute("set local role chronodesk_"
                            + known.role().toString().toLowerCase(Locale.ROOT));
                    statement.execute(
                            "select set_config('request.jwt.claims', '{\"sub\":\"" + known.id() + "\"}', true)");
                } else {
                    statement.execute("set local role chronodesk_anon");
                }
                var rows = new TreeSet<String>();
                try (var result = statement.executeQuery("select row_to_json(v)::text from api." + view + " v where v."
                        + KEYS.get(view) + "::text in ('" + String.join("', '", keys) + "')")) {
                    while (result.next()) rows.add(result.getString(1));
                }
                return Optional.of(rows.stream().map(JSON::readTree).collect(Collectors.toSet()));
            } catch (SQLException e) {
                if (!e.getSQLState().equals("42501")) throw e;
                return Optional.empty();
            } finally {
                connection.rollback();
            }
        }
    }

    private Optional<Set<JsonNode>> http(Caller caller, String view, Set<String> keys) {
        var reply =
                http.as(caller).get("/rest/v1/" + view + "?" + KEYS.get(view) + "=in.(" + String.join(",", keys) + ")");
        if (reply.code().equals("42501")) return Optional.empty();
        assertThat(reply.status()).as(reply.body()).isEqualTo(200);
        return Optional.of(reply.json().valueStream().collect(Collectors.toSet()));
    }
}
