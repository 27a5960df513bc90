package dev.chronodesk.query.fold;

import dev.chronodesk.db.FaultPoints;
import dev.chronodesk.db.log.EventLog;
import dev.chronodesk.db.log.Incarnation;
import dev.chronodesk.db.log.Lease;
import dev.chronodesk.db.log.Recorded;
import dev.chronodesk.db.log.UndecodableStoredEventException;
import dev.chronodesk.events.Event;
import dev.chronodesk.query.fold.ReadModel.Deferred;
import dev.chronodesk.query.fold.ReadModel.Later;
import dev.chronodesk.query.fold.ReadModel.Script;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The read tables in one schema, and the views of them in another: a fold of the log up to a position. All statements
 * go over a connection of the fold's login.
 */
final class Generation {

    private static final Logger LOG = LoggerFactory.getLogger(Generation.class);

    /** The views of one version under a name that does not change, for whoever works in SQL. */
    static final String OFFERED = "api";

    private static final String OFFERED_NEXT = "api_offered";
    private static final String WITHDRAWN = "api_withdrawn_";

    /** The live one of a version. Nodes of other versions have their own. */
    static Names names(String version) {
        return new Names("live_" + version, "api_" + version);
    }

    /**
     * The schemas of a generation.
     *
     * @param tables which nobody but the fold may name
     * @param views which readers use
     * @param now what "now" means to its functions, in SQL
     * @param live the views that show what may be seen today
     */
    record Names(String tables, String views, String now, String live) {
        Names(String tables, String views) {
            this(tables, views, "statement_timestamp()", views);
        }

        /** One that is built beside it. */
        Names next() {
            return new Names(tables + "_next", views + "_next");
        }

        /** One that was replaced and waits until its last readers are done. */
        Names retired() {
            return new Names(tables + "_retired", views + "_retired");
        }
    }

    /**
     * Where a generation stands, and of what it is a fold.
     *
     * @param eventId of the event at that position; null at 0
     */
    record Standing(String fingerprint, UUID incarnation, long position, @Nullable UUID eventId) {}

    /** For each index that is made of filled tables. */
    private static final String INDEX_MEMORY = "128MB";

    private final Names names;
    private final ReadModel model;
    private final EventLog log;
    private final TableStore store;
    private final String fingerprint;

    /** How many rows each table must have, as far as this process has written it. */
    private final Map<Table<?, ?>, Long> counts = new HashMap<>();

    Generation(Names names, ReadModel model, EventLog log) {
        this.names = names;
        this.model = model;
        this.log = log;
        this.store = new TableStore(names.tables(), model.tables());
        this.fingerprint = model.fingerprint();
    }

    boolean isOfThisModel(Standing standing) {
        return standing.fingerprint().equals(fingerprint);
    }

    /** Writes down that a node needs it. */
    void touch(Connection connection) throws SQLException {
        execute(connection, "update " + names.tables() + ".needed set at = clock_timestamp()");
    }

    /** Makes empty tables that stand before the first event. */
    void create(Connection connection, Lease lease) throws SQLException {
        inTransaction(connection, () -> {
            make(connection, Script::parts);
            lease.check(connection);
        });
    }

    /** Makes empty tables that nobody may read until {@link #complete}, quick to fill. */
    void lay(Connection connection, Lease lease) throws SQLException {
        inTransaction(connection, () -> {
            make(connection, Script::first);
            // a table that is vacuumed in the middle of it makes its index wait, and is analyzed at the end anyway
            vacuuming(connection, "set (autovacuum_enabled = false)");
            lease.check(connection);
        });
    }

    private void vacuuming(Connection connection, String how) throws SQLException {
        for (var table : model.tables()) execute(connection, "alter table " + table.name() + " " + how);
    }

    private void make(Connection connection, Function<Script, List<String>> parts) throws SQLException {
        execute(connection, "create schema " + names.tables());
        execute(connection, "create schema " + names.views());
        within(connection);
        for (var script : model.scripts()) for (var part : parts.apply(script)) execute(connection, filled(part));
        try (var insert = connection.prepareStatement("insert into " + names.tables()
                + ".generation (fingerprint, incarnation, position, event_id) values (?, ?, 0, null)")) {
            insert.setString(1, fingerprint);
            insert.setObject(2, Incarnation.of(connection));
            insert.executeUpdate();
        }
    }

    private void within(Connection connection) throws SQLException {
        execute(connection, "set local search_path to " + names.tables());
    }

    /** Whether the tables were laid and are not complete: their rows may be copied into them. */
    boolean isLoading(Connection connection) throws SQLException {
        return !open(connection).isEmpty();
    }

    /** The tables without forced row security. */
    private List<String> open(Connection connection) throws SQLException {
        return relations(
                connection, names.tables(), "c.relkind = 'r' and not (c.relrowsecurity and c.relforcerowsecurity)");
    }

    /**
     * Makes what was left out when the tables were laid: each index by itself, those that are there already left as
     * they are, then row security and the rights of readers in one moment.
     *
     * @throws FoldException when an index does not take the rows
     */
    void complete(Connection connection, Lease lease) throws SQLException {
        if (!isLoading(connection)) return;
        inTransaction(connection, () -> {
            store.erase(connection);
            lease.check(connection);
        });
        for (var index : model.later(Later.INDEX)) {
            inTransaction(connection, () -> {
                within(connection);
                if (!exists(connection, "to_regclass", names.tables() + "." + index.name())) make(connection, index);
                lease.check(connection);
            });
        }
        inTransaction(connection, () -> {
            within(connection);
            for (var kind : List.of(Later.FORCE, Later.GRANT))
                for (var statement : model.later(kind)) execute(connection, filled(statement.sql()));
            vacuuming(connection, "reset (autovacuum_enabled)");
            lease.check(connection);
        });
    }

    private void make(Connection connection, Deferred index) throws SQLException {
        execute(connection, "set local maintenance_work_mem to '" + INDEX_MEMORY + "'");
        execute(connection, "set local max_parallel_maintenance_workers to 1");
        try {
            execute(connection, filled(index.sql()));
        } catch (SQLException e) {
            if (isPassing(e)) throw e;
            throw new FoldException(
                    "the new tables do not take " + index.name() + " (" + e.getSQLState() + "); they are not promoted");
        }
    }

    private String filled(String script) {
        return script.replace("${api}", names.views())
                .replace("${now}", names.now())
                .replace("${live}", names.live());
    }

    /** Where it stands; empty when it does not exist. */
    Optional<Standing> standing(Connection connection) throws SQLException {
        if (!exists(connection, "to_regclass", names.tables() + ".generation")) return Optional.empty();
        try (var select = connection.prepareStatement(
                        "select fingerprint, incarnation, position, event_id from " + names.tables() + ".generation");
                var result = select.executeQuery()) {
            if (!result.next()) return Optional.empty();
            var in = new RowReader(result);
            return Optional.of(new Standing(in.text(), in.uuid(), in.bigint(), in.uuidOrNull()));
        }
    }

    /** Whether the tables were folded from the log as it is now, without a change of its incarnation since. */
    boolean isOfThisIncarnation(Connection connection, Standing standing) throws SQLException {
        return standing.incarnation().equals(Incarnation.of(connection));
    }

    /**
     * Whether the log has the event at the position of the tables that they were folded up to. Events never change and
     * positions have no gaps, so then it is the same log up to there, whatever became of it afterwards.
     */
    boolean isOfThisHistory(Standing standing) {
        if (standing.position() == 0) return true;
        var there = log.storedAfter(standing.position() - 1, 1);
        return !there.isEmpty()
                && there.getFirst().position() == standing.position()
                && there.getFirst().eventId().equals(standing.eventId());
    }

    /** Goes on in the log's new incarnation with tables that were verified to be of it. */
    void adopt(Connection connection, Lease lease) throws SQLException {
        inTransaction(connection, () -> {
            try (var update =
                    connection.prepareStatement("update " + names.tables() + ".generation set incarnation = ?")) {
                update.setObject(1, Incarnation.of(connection));
                update.executeUpdate();
            }
            lease.check(connection);
        });
    }

    /** Thrown by a batch of which one event cannot be folded; nothing of the batch was written. */
    static final class Stopped extends Exception {
        private static final long serialVersionUID = 1L;

        private final long position;

        Stopped(long position, String reason, Throwable cause) {
            super(reason, cause);
            this.position = position;
        }

        long position() {
            return position;
        }

        String reason() {
            return String.valueOf(getMessage());
        }
    }

    /**
     * Folds the next events, at most so many, in one transaction with the position.
     *
     * @return the position afterwards; the same when there was nothing to fold
     * @param lease without which nothing is kept
     * @throws Stopped naming the event that cannot be folded, after everything before it was
     * @throws SQLException when the database could not be asked; the same may work later
     */
    long advance(Connection connection, Lease lease, long position, int limit) throws SQLException, Stopped {
        var batch = read(position, limit);
        if (batch.isEmpty()) return position;
        try {
            write(connection, lease, position, batch);
            return batch.getLast().position();
        } catch (RuntimeException e) {
            return oneByOne(connection, lease, position, batch, e);
        } catch (SQLException e) {
            if (isPassing(e)) throw e;
            // by the program of another version, after an erasure
            if (standing(connection).isEmpty())
                throw new SQLException("the tables that are followed were dropped", "40001", e);
            return oneByOne(connection, lease, position, batch, withoutDetail(e));
        }
    }

    private List<Recorded<Event>> read(long position, int limit) throws Stopped {
        try {
            return log.after(position, limit);
        } catch (UndecodableStoredEventException e) {
            var before = (int) (e.position() - 1 - position);
            if (before == 0) throw new Stopped(e.position(), reason(e), e);
            return log.after(position, before);
        }
    }

    /** Finds the event that a batch failed at, folding what is before it. */
    private long oneByOne(
            Connection connection, Lease lease, long position, List<Recorded<Event>> batch, Exception failure)
            throws SQLException, Stopped {
        if (batch.size() == 1) throw new Stopped(batch.getFirst().position(), reason(failure), failure);
        var at = position;
        for (var recorded : batch) {
            try {
                write(connection, lease, at, List.of(recorded));
            } catch (RuntimeException e) {
                throw new Stopped(recorded.position(), reason(e), e);
            } catch (SQLException e) {
                if (isPassing(e)) throw e;
                var plain = withoutDetail(e);
                throw new Stopped(recorded.position(), reason(plain), plain);
            }
            at = recorded.position();
        }
        return at;
    }

    /** What PostgreSQL says in detail quotes the row, and rows are about people: neither log nor health may show it. */
    private static SQLException withoutDetail(SQLException e) {
        var said = e instanceof PSQLException p ? p.getServerErrorMessage() : null;
        return new SQLException(said == null ? "the row cannot be written" : said.getMessage(), e.getSQLState());
    }

    private static String reason(Exception e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    /** Whether the database was in trouble, and not what was written. */
    static boolean isPassing(SQLException e) {
        var state = e.getSQLState();
        if (state == null) return true;
        return switch (state.substring(0, Math.min(2, state.length()))) {
            case "08", "40", "53", "55", "57", "58" -> true;
            default -> false;
        };
    }

    private void write(Connection connection, Lease lease, long position, List<Recorded<Event>> batch)
            throws SQLException {
        var rows = Rows.ofBatch();
        written(connection, lease, position, batch.getLast(), rows, () -> {
            find(connection, needs(batch), rows);
            fold(batch, rows);
            store.write(connection, rows);
        });
    }

    /**
     * Copies rows that were folded up to that event into tables that are not complete, in one transaction with the
     * position.
     */
    void load(Connection connection, Lease lease, long position, Recorded<?> last, Rows rows) throws SQLException {
        written(connection, lease, position, last, rows, () -> store.copy(connection, rows));
    }

    private void written(Connection connection, Lease lease, long position, Recorded<?> last, Rows rows, Work writing)
            throws SQLException {
        inTransaction(connection, () -> {
            writing.run();
            moved(connection, position, last);
            lease.check(connection);
            FaultPoints.reached(FaultPoints.FOLD_WRITING);
        });
        for (var table : rows.tables()) counts.merge(table, rows.growth(table), Long::sum);
        FaultPoints.reached(FaultPoints.FOLD_COMMITTED);
    }

    Needs needs(List<Recorded<Event>> batch) {
        var needs = new Needs();
        for (var recorded : batch) for (var projection : model.projections()) ask(projection, recorded, needs);
        return needs;
    }

    /** Reads the rows that are needed. */
    void find(Connection connection, Needs needs, Rows rows) throws SQLException {
        store.load(connection, needs, rows);
    }

    void fold(List<Recorded<Event>> batch, Rows rows) {
        for (var recorded : batch) for (var projection : model.projections()) fold(projection, recorded, rows);
    }

    private void moved(Connection connection, long from, Recorded<?> to) throws SQLException {
        try (var update = connection.prepareStatement("update " + names.tables()
                + ".generation set position = ?, event_id = ? where position = ? and fingerprint = ?")) {
            update.setLong(1, to.position());
            update.setObject(2, to.eventId());
            update.setLong(3, from);
            update.setString(4, fingerprint);
            if (update.executeUpdate() != 1)
                throw new FoldException("the read tables do not stand at position " + from + " any more");
        }
    }

    private static <E extends Event> void ask(Projection<E> projection, Recorded<?> recorded, Needs needs) {
        var kind = projection.events();
        if (kind.isInstance(recorded.event())) projection.needs(kind.cast(recorded.event()), needs);
    }

    @SuppressWarnings("unchecked") // the event was just looked at
    static <E extends Event> void fold(Projection<E> projection, Recorded<?> recorded, Rows rows) {
        if (projection.events().isInstance(recorded.event())) projection.fold((Recorded<E>) recorded, rows);
    }

    /** Takes the rows that are there as those that must be there, when a build goes on that another process began. */
    void count(Connection connection) throws SQLException {
        for (var table : model.tables()) counts.put(table, rows(connection, table));
    }

    /**
     * Checks tables that were built before somebody reads them: each has exactly the rows that folding put in, each
     * shows them under row security, which is forced, and each view can be read. Reads every table once, and folds
     * nothing.
     *
     * @throws FoldException naming the table or view that is not sound
     */
    void check(Connection connection) throws SQLException {
        for (var table : model.tables()) {
            var there = rows(connection, table);
            var folded = counts.getOrDefault(table, 0L);
            if (there != folded)
                throw new FoldException("the new table " + table + " has " + there + " rows where " + folded
                        + " were folded; it is not promoted");
        }
        for (var open : open(connection))
            throw new FoldException("the new table " + open + " has no forced row security; it is not promoted");
        for (var view : relations(connection, names.views(), "c.relkind = 'v'")) readable(connection, view);
    }

    private void readable(Connection connection, String view) throws SQLException {
        try {
            // the whole row as a text: columns that nobody asks for are not computed
            execute(connection, "select v::text from " + names.views() + "." + view + " v limit 1");
        } catch (SQLException e) {
            if (isPassing(e)) throw e;
            throw new FoldException(
                    "the new view " + view + " cannot be read (" + e.getSQLState() + "); it is not promoted");
        }
    }

    private long rows(Connection connection, Table<?, ?> table) throws SQLException {
        try (var select = connection.prepareStatement("select count(*) from " + names.tables() + "." + table.name());
                var result = select.executeQuery()) {
            result.next();
            return result.getLong(1);
        }
    }

    /** What is in each table, as the fold wrote it, to be compared with the same table elsewhere. */
    Map<String, Content> contents(Connection connection) throws SQLException {
        var contents = new LinkedHashMap<String, Content>();
        inTransaction(connection, () -> {
            // texts of one kind, wherever this runs
            execute(connection, "set local timezone to 'UTC'");
            execute(connection, "set local datestyle to 'ISO'");
            for (var table : model.tables()) contents.put(table.name(), content(connection, table));
        });
        return contents;
    }

    private Content content(Connection connection, Table<?, ?> table) throws SQLException {
        try (var select = connection.prepareStatement("select row(" + names(table.columns()) + ")::text from "
                + names.tables() + "." + table.name() + " order by row(" + names(table.keyColumns())
                + ")::text collate \"C\"")) {
            select.setFetchSize(1000);
            try (var result = select.executeQuery()) {
                var digest = MessageDigest.getInstance("SHA-256");
                var rows = 0L;
                while (result.next()) {
                    digest.update((result.getString(1) + "\n").getBytes(StandardCharsets.UTF_8));
                    rows++;
                }
                return new Content(rows, HexFormat.of().formatHex(digest.digest()));
            }
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static String names(List<? extends Column<?>> columns) {
        return columns.stream().map(Column::name).collect(Collectors.joining(", "));
    }

    private static List<String> relations(Connection connection, String schema, String where) throws SQLException {
        var found = new ArrayList<String>();
        try (var select = connection.prepareStatement("select quote_ident(c.relname) from pg_class c"
                + " where c.relnamespace = to_regnamespace(?) and " + where + " order by c.relname")) {
            select.setString(1, schema);
            try (var result = select.executeQuery()) {
                while (result.next()) found.add(result.getString(1));
            }
        }
        return found;
    }

    /** Statistics for the planner, after many rows at once. */
    void analyze(Connection connection) throws SQLException {
        for (var table : model.tables()) execute(connection, "analyze " + names.tables() + "." + table.name());
    }

    /**
     * Puts this generation in the place of that one. Readers in the middle of a query keep what they have; nobody
     * waits, and nobody finds a table missing.
     */
    void promote(Connection connection, Lease lease, Names place) throws SQLException {
        sweep(connection, place);
        inTransaction(connection, () -> {
            var retired = aside(connection, place);
            // who is told that they are there must find them there
            execute(connection, "set local synchronous_commit to on");
            if (exists(connection, place.tables())) {
                rename(connection, place.tables(), retired.tables());
                rename(connection, place.views(), retired.views());
            }
            rename(connection, names.tables(), place.tables());
            rename(connection, names.views(), place.views());
            lockOffer(connection);
            if (isOffered(connection)) offer(connection, place);
            lease.check(connection);
        });
        withdraw(connection);
    }

    /** The name for what is replaced; one of its own while what was replaced before is still being read. */
    private static Names aside(Connection connection, Names place) throws SQLException {
        var retired = place.retired();
        if (!exists(connection, retired.tables()) && !exists(connection, retired.views())) return retired;
        var now = "_" + now(connection).toEpochMilli();
        return new Names(retired.tables() + now, retired.views() + now);
    }

    /**
     * Removes what was replaced in that place, unless somebody still reads it: then the next sweep does. It may show
     * somebody who was erased since, so it is tried now and then and not only by the next rebuild.
     */
    static void sweep(Connection connection, Names place) throws SQLException {
        var retired = place.retired();
        for (var schema : schemas(connection, "^(" + retired.tables() + "|" + retired.views() + ")(_\\d+)?$")) {
            try {
                dropWithin(connection, "500ms", schema);
            } catch (SQLException e) {
                if (!"55P03".equals(e.getSQLState())) throw e; // somebody holds a lock
                LOG.info("{} was replaced and is still being read", schema);
            }
        }
    }

    /**
     * Makes this version the one that is read in SQL under the name that does not change, unless another version was
     * offered after that moment.
     *
     * @return whether there is nothing more to do; not while the tables that are offered are further, so that nobody
     *     sees less than before
     */
    boolean offer(Connection connection, Instant begun) throws SQLException {
        var done = new AtomicBoolean(true);
        inTransaction(connection, () -> {
            execute(connection, "set local synchronous_commit to on");
            lockOffer(connection);
            if (isOffered(connection) || offeredAt(connection).isAfter(begun)) return;
            var held = holdOffered(connection);
            if (held > standing(connection).orElseThrow().position()) done.set(false);
            else offer(connection, names);
        });
        withdraw(connection);
        return done.get();
    }

    /** The same, whatever is offered now. */
    void offerNow(Connection connection) throws SQLException {
        inTransaction(connection, () -> {
            execute(connection, "set local synchronous_commit to on");
            lockOffer(connection);
            if (!isOffered(connection)) offer(connection, names);
        });
        withdraw(connection);
    }

    /** Keeps the tables that are offered where they stand until the transaction ends, and says where. */
    private static long holdOffered(Connection connection) throws SQLException {
        var version = offeredVersion(connection);
        if (version.isEmpty()
                || !exists(connection, names(version.orElseThrow()).tables())) return 0;
        try (var select = connection.prepareStatement(
                        "select position from " + names(version.orElseThrow()).tables() + ".generation for update");
                var row = select.executeQuery()) {
            return row.next() ? row.getLong("position") : 0;
        }
    }

    /** Where the tables stand that are offered; empty when none are. */
    static OptionalLong offeredPosition(Connection connection) throws SQLException {
        if (offeredVersion(connection).isEmpty()) return OptionalLong.empty();
        try (var select = connection.prepareStatement("select position from " + OFFERED + "._position");
                var row = select.executeQuery()) {
            return row.next() ? OptionalLong.of(row.getLong("position")) : OptionalLong.empty();
        }
    }

    /** One changes at a time what is offered. */
    private static void lockOffer(Connection connection) throws SQLException {
        execute(connection, "select pg_advisory_xact_lock(hashtext('chronodesk.offer'))");
    }

    private void offer(Connection connection, Names place) throws SQLException {
        execute(connection, "create schema " + OFFERED_NEXT);
        execute(connection, "set local search_path to " + place.tables());
        for (var script : model.scripts())
            for (var part : script.parts())
                if (isOfViews(part))
                    execute(connection, part.replace("${api}", OFFERED_NEXT).replace("${now}", names.now()));
        var now = now(connection);
        execute(connection, "comment on schema " + OFFERED_NEXT + " is '" + model.version() + " " + now + "'");
        if (exists(connection, OFFERED)) rename(connection, OFFERED, WITHDRAWN + now.toEpochMilli());
        rename(connection, OFFERED_NEXT, OFFERED);
    }

    /** Whether it makes what readers name, and nothing of what that is made of. */
    private static boolean isOfViews(String part) {
        return part.contains("${api}") && !FUNCTION_OF_TABLES.matcher(part).find();
    }

    private static final Pattern FUNCTION_OF_TABLES = Pattern.compile("(?m)^create function (?!\\$\\{api})");

    private boolean isOffered(Connection connection) throws SQLException {
        return offered(connection).startsWith(model.version() + " ");
    }

    private static Instant offeredAt(Connection connection) throws SQLException {
        var said = offered(connection);
        return said.isEmpty() ? Instant.EPOCH : Instant.parse(said.substring(said.indexOf(' ') + 1));
    }

    /** Which version is offered, and since when; empty when none is. */
    private static String offered(Connection connection) throws SQLException {
        try (var select = connection.prepareStatement(
                        "select coalesce(obj_description(to_regnamespace('" + OFFERED + "'), 'pg_namespace'), '')");
                var row = select.executeQuery()) {
            row.next();
            return String.valueOf(row.getString(1));
        }
    }

    /** The version that is offered; empty when none is. */
    static Optional<String> offeredVersion(Connection connection) throws SQLException {
        var said = offered(connection);
        return said.isEmpty() ? Optional.empty() : Optional.of(said.substring(0, said.indexOf(' ')));
    }

    /** The database's clock. */
    static Instant now(Connection connection) throws SQLException {
        try (var select = connection.prepareStatement("select clock_timestamp()");
                var row = select.executeQuery()) {
            row.next();
            return row.getTimestamp(1).toInstant();
        }
    }

    /** Readers of what was offered before may still be at it; then whoever offers next removes it. */
    private static void withdraw(Connection connection) throws SQLException {
        for (var schema : schemas(connection, "^" + WITHDRAWN + "\\d+$")) {
            try {
                drop(connection, schema);
            } catch (SQLException e) {
                LOG.info("What was offered before is still being read", e);
            }
        }
    }

    /** The schemas of that name. */
    static List<String> schemas(Connection connection, String pattern) throws SQLException {
        var found = new ArrayList<String>();
        try (var select = connection.prepareStatement(
                "select nspname from pg_namespace where nspname ~ ? and nspowner = to_regrole(current_user::text)"
                        + " order by 1")) {
            select.setString(1, pattern);
            try (var rows = select.executeQuery()) {
                while (rows.next()) found.add(rows.getString(1));
            }
        }
        return found;
    }

    static boolean exists(Connection connection, String schema) throws SQLException {
        return exists(connection, "to_regnamespace", schema);
    }

    private static boolean exists(Connection connection, String lookedUpBy, String name) throws SQLException {
        try (var select = connection.prepareStatement("select " + lookedUpBy + "(?) is not null")) {
            select.setString(1, name);
            try (var result = select.executeQuery()) {
                result.next();
                return result.getBoolean(1);
            }
        }
    }

    private static void rename(Connection connection, String from, String to) throws SQLException {
        execute(connection, "alter schema " + from + " rename to " + to);
    }

    /** Removes a generation that nobody reads; waits a little for the last readers, and fails when they stay. */
    static void drop(Connection connection, Names names) throws SQLException {
        drop(connection, names.views(), names.tables());
    }

    static void drop(Connection connection, String... schemas) throws SQLException {
        dropWithin(connection, "5s", schemas);
    }

    private static void dropWithin(Connection connection, String patience, String... schemas) throws SQLException {
        inTransaction(connection, () -> {
            execute(connection, "set local lock_timeout to '" + patience + "'");
            execute(connection, "set local client_min_messages to warning");
            for (var schema : schemas) execute(connection, "drop schema if exists " + schema + " cascade");
        });
    }

    @FunctionalInterface
    private interface Work {
        void run() throws SQLException;
    }

    private static void inTransaction(Connection connection, Work work) throws SQLException {
        connection.setAutoCommit(false);
        var done = false;
        try {
            work.run();
            connection.commit();
            done = true;
        } finally {
            if (!done) connection.rollback();
            connection.setAutoCommit(true);
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
