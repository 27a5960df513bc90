package dev.chronodesk.bench.faults;

import dev.chronodesk.bench.faults.checker.TableChecker.Sight;
import dev.chronodesk.bench.faults.nodes.Node;
import dev.chronodesk.db.log.EventLog;
import dev.chronodesk.events.profile.ProfileId;
import dev.chronodesk.events.ticket.CommentAdded;
import dev.chronodesk.events.ticket.TicketCreated;
import dev.chronodesk.events.ticket.TicketId;
import dev.chronodesk.events.ticket.Visibility;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** What customers see, through HTTP and through SQL, beside what the log says is theirs. */
final class Sights {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final int PAGE = 1000;

    private final Map<ProfileId, Set<String>> tickets = new HashMap<>();
    private final Map<ProfileId, Set<String>> comments = new HashMap<>();
    private final Map<TicketId, ProfileId> requesters = new HashMap<>();
    private long position;

    /** Reads on in the log. */
    void learn(EventLog log) {
        for (var page = log.after(position, 5000); !page.isEmpty(); page = log.after(position, 5000)) {
            for (var recorded : page) {
                switch (recorded.event()) {
                    case TicketCreated e -> {
                        requesters.put(e.ticketId(), e.requesterId());
                        tickets.computeIfAbsent(e.requesterId(), unseen -> new HashSet<>())
                                .add(e.ticketId().toString());
                    }
                    case CommentAdded e -> {
                        var requester = requesters.get(e.ticketId());
                        if (requester != null && e.visibility() == Visibility.PUBLIC)
                            comments.computeIfAbsent(requester, unseen -> new HashSet<>())
                                    .add(e.commentId().toString());
                    }
                    default -> {
                        // says nothing about who may see what
                    }
                }
            }
            position = page.getLast().position();
        }
    }

    /** All of these people, at each door. */
    List<Sight> of(List<Person> people, Load load, Node node, DataSource read)
            throws SQLException, IOException, InterruptedException {
        var sights = new ArrayList<Sight>();
        for (var person : people) {
            var id = new ProfileId(person.id());
            var own = Map.of(
                    "tickets", tickets.getOrDefault(id, Set.of()),
                    "ticket_comments", comments.getOrDefault(id, Set.of()));
            for (var view : own.entrySet()) {
                sights.add(new Sight(
                        person + " over HTTP",
                        view.getKey(),
                        view.getValue(),
                        http(load, node, person, view.getKey())));
                sights.add(new Sight(
                        person + " in SQL", view.getKey(), view.getValue(), sql(read, person, view.getKey())));
            }
        }
        return sights;
    }

    private Set<String> http(Load load, Node node, Person person, String view)
            throws IOException, InterruptedException {
        var seen = new HashSet<String>();
        @Nullable UUID last = null;
        while (true) {
            var from = last == null ? "" : "&id=gt." + last;
            var body =
                    load.read(node, person, "/rest/v1/" + view + "?select=id&order=id&limit=" + PAGE + from, position);
            if (body == null) throw new IOException(view + " cannot be read as " + person);
            var rows = JSON.readTree(body);
            for (var row : rows) {
                last = UUID.fromString(row.get("id").asString());
                seen.add(last.toString());
            }
            if (rows.size() < PAGE) return seen;
        }
    }

    private static Set<String> sql(DataSource read, Person person, String view) throws SQLException {
        try (var connection = read.getConnection()) {
            connection.setAutoCommit(false);
            try {
                become(connection, person);
                var seen = new HashSet<String>();
                try (var statement = connection.createStatement();
                        var rows = statement.executeQuery("select id::text from api." + view)) {
                    while (rows.next()) seen.add(rows.getString(1));
                }
                return seen;
            } finally {
                connection.rollback();
            }
        }
    }

    private static void become(Connection connection, Person person) throws SQLException {
        try (var statement = connection.prepareStatement(
                "select set_config('role', ?, true), set_config('request.jwt.claims', ?, true)")) {
            statement.setString(1, "chronodesk_" + person.role());
            statement.setString(
                    2,
                    JSON.writeValueAsString(Map.of(
                            "sub",
                            person.id().toString(),
                            "role",
                            "authenticated",
                            "app_metadata",
                            Map.of("role", person.role().toString()))));
            statement.execute();
        }
    }
}
