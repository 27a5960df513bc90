package dev.chronodesk.bench.reads;

import com.zaxxer.hikari.HikariDataSource;
import dev.chronodesk.bench.Figures;
import dev.chronodesk.bench.Server;
import dev.chronodesk.query.LiveSchema;
import dev.chronodesk.query.MadeDesk;
import dev.chronodesk.query.statistics.Oracle;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What reads cost on many tickets: row-level security beside the same statements without it, searches, and statistics.
 * One caller; each time is that of the statement alone, from sending it to its last row.
 */
final class ReadSizes {

    private static final int TURNS = 300;
    private static final int SEARCHES = 600;
    private static final int WARM_UP = 60;

    private static final String LISTED =
            "id, number, subject, status, priority, requester_id, assignee_id, team_id," + " created_at, updated_at";

    /** A ticket that is asked for, and who has to do with it. */
    private record Sample(UUID ticket, UUID requester, UUID assignee, List<String> subject) {}

    /** Somebody as PostgreSQL sees them. */
    private record Reader(String role, UUID who) {}

    private final Connection reader;
    private final Connection administrator;
    private final Random random = new Random(7);
    private final List<Sample> samples = new ArrayList<>();

    private ReadSizes(Connection reader, Connection administrator) {
        this.reader = reader;
        this.administrator = administrator;
    }

    /** @param arguments tickets (1,000,000), comments of each (2), and a directory that is kept, or nothing */
    public static void main(String[] arguments) throws Exception {
        var tickets = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 1_000_000;
        var comments = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 2;
        var kept = arguments.length > 2 && !arguments[2].isEmpty();
        try (var server = kept ? Server.kept(Path.of(arguments[2])) : new Server()) {
            System.out.printf(
                    "PostgreSQL %s, %d processors%n",
                    server.version(), Runtime.getRuntime().availableProcessors());
            Filled.make(server, tickets, comments);
            try (var reader = server.database().read().getConnection();
                    HikariDataSource pool = server.pool(server.url(), 1);
                    var administrator = pool.getConnection()) {
                reader.setAutoCommit(false);
                administrator.setAutoCommit(false);
                new ReadSizes(reader, administrator).run();
            }
        }
    }

    private static final String API = LiveSchema.VIEWS + ".";

    private void run() throws SQLException {
        sample();
        rights();
        searches();
        statistics();
    }

    private void sample() throws SQLException {
        try (var statement = administrator.createStatement();
                var rows = statement.executeQuery(
                        """
                        select id, requester_id, coalesce(assignee_id, id), subject
                        from %s.tickets where assignee_id is not null and subject is not null
                        order by hashtext(id::text) limit 2000
                        """
                                .formatted(LiveSchema.TABLES))) {
            while (rows.next())
                samples.add(new Sample(
                        rows.getObject(1, UUID.class),
                        rows.getObject(2, UUID.class),
                        rows.getObject(3, UUID.class),
                        List.of(rows.getString(4).split(" "))));
        }
        administrator.rollback();
    }

    private Sample any() {
        return samples.get(random.nextInt(samples.size()));
    }

    /**
     * Milliseconds of the statement.
     *
     * @param as whom the read login becomes first; null for the administrator, whom no policy concerns
     */
    private double millis(@Nullable Reader as, String sql) throws SQLException {
        var connection = as == null ? administrator : reader;
        try (var statement = connection.createStatement()) {
            if (as != null) become(statement, as);
            var from = System.nanoTime();
            try (var rows = statement.executeQuery(sql)) {
                while (rows.next()) rows.getString(1);
            }
            return (System.nanoTime() - from) / 1e6;
        } finally {
            connection.rollback();
        }
    }

    private static void become(java.sql.Statement statement, Reader as) throws SQLException {
        statement.execute("set local role " + as.role());
        statement.execute("select set_config('request.jwt.claims', '{\"sub\":\"" + as.who() + "\"}', true)");
    }

    private void rights() throws SQLException {
        System.out.printf(
                "%n%-56s %9s %9s %7s%n", "row-level security, ms (p50 of " + TURNS + ")", "with", "without", "");
        rights("list of everybody's tickets, an agent", "chronodesk_agent", Sample::assignee, sample -> list(""));
        rights(
                "an agent's queue",
                "chronodesk_agent",
                Sample::assignee,
                sample -> list("where assignee_id = '" + sample.assignee() + "'"));
        rights(
                "a customer's own tickets",
                "chronodesk_customer",
                Sample::requester,
                sample -> list("where requester_id" + " = '" + sample.requester() + "'"));
        rights("ticket with conversation, an agent", "chronodesk_agent", Sample::assignee, ReadSizes::detail);
        rights("ticket with conversation, its customer", "chronodesk_customer", Sample::requester, ReadSizes::detail);
        rights(
                "agent_performance of a month, an analyst",
                "chronodesk_analyst",
                Sample::assignee,
                sample -> "select agent_id from " + API + "agent_performance(" + month() + ")");
        rights(
                "desk_metric('full_resolution') of a month, an analyst",
                "chronodesk_analyst",
                Sample::assignee,
                sample -> "select count from " + API + "desk_metric('full_resolution', " + month() + ")");
        rights(
                "backlog at an instant, an analyst",
                "chronodesk_analyst",
                Sample::assignee,
                sample -> "select tickets from " + API + "backlog('" + moment() + "')");
    }

    private static String list(String where) {
        return "select " + LISTED + " from " + API + "tickets " + where + " order by updated_at desc, id desc limit 50";
    }

    private static String detail(Sample sample) {
        return "select t.id, t.subject, t.description, t.status, c.author_id, c.body, c.created_at, p.display_name"
                + " from " + API + "tickets t left join " + API
                + "ticket_comments c on c.ticket_id = t.id and c.visibility = 'public'"
                + " left join " + API + "profiles p on p.id = t.assignee_id where t.id = '" + sample.ticket()
                + "' order by c.created_at";
    }

    /** In turns, each pair on the same rows. */
    private void rights(String what, String role, Function<Sample, UUID> who, Function<Sample, String> sql)
            throws SQLException {
        var with = new ArrayList<Double>();
        var without = new ArrayList<Double>();
        for (var turn = -WARM_UP; turn < TURNS; turn++) {
            var sample = any();
            var statement = sql.apply(sample);
            var as = new Reader(role, who.apply(sample));
            // who comes second finds everything in memory
            var first = turn % 2 == 0 ? millis(as, statement) : millis(null, statement);
            var second = turn % 2 == 0 ? millis(null, statement) : millis(as, statement);
            if (turn < 0) continue;
            with.add(turn % 2 == 0 ? first : second);
            without.add(turn % 2 == 0 ? second : first);
        }
        var ratio = Figures.median(with) / Figures.median(without);
        System.out.printf("%-56s %9.2f %9.2f %5.2f x%n", what, Figures.median(with), Figures.median(without), ratio);
    }

    /** Whoever searches a desk does so all day: what is searched has been read before. The first time is the disk's. */
    private void inMemory() throws SQLException {
        for (var table : List.of("tickets", "ticket_texts", "ticket_comments"))
            millis(null, "select sum(pg_column_size(t.*)) from " + LiveSchema.TABLES + "." + table + " t");
    }

    private void searches() throws SQLException {
        inMemory();
        System.out.printf("%n%-56s %6s %9s %9s %9s%n", "search_tickets, ms", "", "p50", "p95", "max");
        var kinds = new TreeMap<String, Function<Sample, String>>();
        kinds.put("a word", sample -> word());
        kinds.put("two words of a subject", sample -> two(sample, " "));
        kinds.put("a phrase of a subject", sample -> "\"" + two(sample, " ") + "\"");
        kinds.put("either of two words", sample -> word() + " or " + word());
        kinds.put("the beginning of a word", sample -> word() + "*");
        kinds.put("a word but not another", sample -> word() + " -" + word());
        var all = new ArrayList<Double>();
        var capped = new ArrayList<Double>();
        for (var kind : kinds.entrySet()) searched(kind.getKey(), kind.getValue(), null, "", all, capped);
        searched("a word, in status open", sample -> word(), null, ", of_status => 'open'", all, capped);
        searched(
                "a word, changed in the last month",
                sample -> word(),
                null,
                ", since => '" + MadeDesk.END.minus(30, ChronoUnit.DAYS) + "'",
                all,
                capped);
        searched("a word of a subject, misspelt", ReadSizes::misspelt, null, "", all, capped);
        searched(
                "a word of their own, a customer",
                sample -> sample.subject().getFirst(),
                Sample::requester,
                "",
                all,
                capped);
        figures("all with at most 10,000 places", all);
        figures("with more, cut off there", capped);
    }

    private void searched(
            String what,
            Function<Sample, String> query,
            @Nullable Function<Sample, UUID> customer,
            String more,
            List<Double> all,
            List<Double> capped)
            throws SQLException {
        var times = new ArrayList<Double>();
        for (var turn = -WARM_UP; turn < SEARCHES / 10; turn++) {
            var sample = any();
            var as = customer == null
                    ? new Reader("chronodesk_agent", sample.assignee())
                    : new Reader("chronodesk_customer", customer.apply(sample));
            var said = query.apply(sample).replace("'", "''");
            var sql = "select id, highlight, total, capped from " + API + "search_tickets('" + said + "'" + more + ")";
            var millis = millis(as, sql);
            if (turn < 0) continue;
            if (isCapped(as, sql)) capped.add(millis);
            else times.add(millis);
        }
        all.addAll(times);
        figures(what, times);
    }

    private boolean isCapped(Reader as, String sql) throws SQLException {
        try (var statement = reader.createStatement()) {
            become(statement, as);
            try (var rows = statement.executeQuery(sql)) {
                return rows.next() && rows.getBoolean("capped");
            }
        } finally {
            reader.rollback();
        }
    }

    /** One that a thousandth to a hundred-thousandth of all words are. */
    private String word() {
        return MadeDesk.word((int) (100 * Math.pow(150, random.nextDouble())));
    }

    private static String two(Sample sample, String between) {
        return sample.subject().get(0) + between + sample.subject().get(1);
    }

    private static String misspelt(Sample sample) {
        var longest = "";
        for (var word : sample.subject()) if (word.length() > longest.length()) longest = word;
        return longest + "xy";
    }

    private void statistics() throws SQLException {
        System.out.printf("%n%-56s %6s %9s %9s %9s%n", "statistics of a month, ms", "", "p50", "p95", "max");
        asked("agent_performance", 100, () -> "agent_performance(" + month() + ")");
        asked("backlog", 100, () -> "backlog('" + moment() + "')");
        asked("agent_counts", 30, () -> "agent_counts(" + month() + ")");
        for (var metric : Oracle.METRICS)
            for (var of : List.of("agent", "team", "desk")) {
                var function = of + "_metric";
                asked(function + " " + metric, 15, () -> function + "('" + metric + "', " + month() + ")");
            }
    }

    private void asked(String what, int turns, Supplier<String> function) throws SQLException {
        var times = new ArrayList<Double>();
        for (var turn = -2; turn < turns; turn++) {
            var millis = millis(
                    new Reader("chronodesk_analyst", samples.getFirst().assignee()),
                    "select * from " + API + function.get());
            if (turn >= 0) times.add(millis);
        }
        figures(what, times);
    }

    private static void figures(String what, List<Double> times) {
        if (times.isEmpty()) System.out.printf("%-56s %,6d%n", what, 0);
        else
            System.out.printf(
                    "%-56s %,6d %9.1f %9.1f %9.1f%n",
                    what, times.size(), Figures.median(times), Figures.at(0.95, times), Figures.at(1, times));
    }

    private Instant moment() {
        return MadeDesk.BEGIN.plus(Duration.ofSeconds(
                random.nextLong(Duration.between(MadeDesk.BEGIN, MadeDesk.END).toSeconds())));
    }

    /** Any month that is over. */
    private String month() {
        var begin = MadeDesk.BEGIN.plus(random.nextInt(1_060), ChronoUnit.DAYS);
        return "'" + begin + "', '" + begin.plus(30, ChronoUnit.DAYS) + "'";
    }
}
