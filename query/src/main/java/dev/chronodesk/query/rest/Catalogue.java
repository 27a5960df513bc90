package dev.chronodesk.query.rest;

import dev.chronodesk.query.rest.Relationship.Computed;
import dev.chronodesk.query.rest.Relationship.Keys;
import dev.chronodesk.query.rest.Relationship.Through;
import java.sql.Array;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The tables, views and functions of an exposed schema and how they belong together, as PostgreSQL's own catalogue has
 * them: a new one needs no Java. Kept in memory, and looked at again when something is asked for that it does not know.
 *
 * <p>Rows belong together by foreign keys, also through views that show the columns unchanged; by a comment on a column
 * ({@code references profiles(id)}, perhaps {@code as a_name}), which enforces nothing; by a third relation that refers
 * to two others with columns of its primary key; and by a function of a row.
 */
final class Catalogue {

    /** A miss costs a look at most this often, whatever anybody asks for. */
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private static final Pattern REFERENCES =
            Pattern.compile("\\breferences (\\w+)\\((\\w+)\\)(?: as (\\w+))?", Pattern.CASE_INSENSITIVE);

    /** A column's type, as PostgreSQL names it, and what is written about it. */
    record Column(String type, @Nullable String comment) {}

    /**
     * Something with rows.
     *
     * @param columns by name, in order
     * @param readers the roles that may read it
     */
    record Relation(String name, Map<String, Column> columns, Set<String> readers, @Nullable String comment) {

        boolean isJson(String column) {
            var type = type(column);
            return "json".equals(type) || "jsonb".equals(type);
        }

        @Nullable
        String type(String column) {
            var known = columns.get(column);
            return known == null ? null : known.type();
        }
    }

    /** What a function answers. */
    enum Result {
        NOTHING,
        VALUE,
        VALUES,
        ROW,
        ROWS
    }

    /**
     * An argument of a function.
     *
     * @param optional whether it may be left out
     * @param variadic whether its value is a list of all that remain
     */
    record Argument(String type, boolean optional, boolean variadic) {}

    /**
     * A function that changes nothing.
     *
     * @param arguments by name, in order
     * @param rows what it answers, a value being a row with one column
     * @param of the relation whose rows these are, or null
     */
    record Routine(String name, Map<String, Argument> arguments, Result result, Relation rows, @Nullable String of) {

        boolean takes(Collection<String> given) {
            return arguments.keySet().containsAll(given)
                    && arguments.entrySet().stream()
                            .allMatch(argument -> argument.getValue().optional() || given.contains(argument.getKey()));
        }
    }

    private record Content(
            Map<String, Relation> relations,
            Map<String, List<Relationship>> relationships,
            Map<String, List<Routine>> routines,
            long loadedAt) {}

    /** A relation as it is numbered, and where its columns come from in the end. */
    private record Numbered(
            long oid, Relation relation, Map<Origins.At, String> names, Map<String, Origins.At> origins) {}

    private record ForeignKey(String name, long from, List<Integer> columns, long to, List<Integer> targets) {}

    private final DataSource read;
    private final String schema;
    private final String generation;
    private final boolean then;
    private volatile @Nullable Content content;

    /**
     * A schema beside the live read tables, or that of their views.
     *
     * @param generation the schema of those views
     */
    Catalogue(DataSource read, String schema, String generation) {
        this(read, schema, generation, false);
    }

    private Catalogue(DataSource read, String schema, String generation, boolean then) {
        this.read = read;
        this.schema = schema;
        this.generation = generation;
        this.then = then;
    }

    /** The views of read tables as of a position. */
    static Catalogue then(DataSource read, String schema) {
        return new Catalogue(read, schema, schema, true);
    }

    /** Whether answers stand where the log has long been. */
    boolean isThen() {
        return then;
    }

    /** The schema of views that says at which position an answer stands. */
    String generation() {
        return generation;
    }

    String schema() {
        return schema;
    }

    Optional<Relation> relation(String name) throws SQLException {
        var known = loaded().relations().get(name);
        if (known != null) return Optional.of(known);
        return Optional.ofNullable(reloaded().relations().get(name));
    }

    /** All of that name, which differ in their arguments; empty when there is none. */
    List<Routine> routines(String name) throws SQLException {
        var known = loaded().routines().get(name);
        if (known != null) return known;
        return reloaded().routines().getOrDefault(name, List.of());
    }

    Collection<Relation> relations() throws SQLException {
        return loaded().relations().values();
    }

    Collection<List<Routine>> routines() throws SQLException {
        return loaded().routines().values();
    }

    /** What belongs to rows of that relation. */
    List<Relationship> relationships(String relation) throws SQLException {
        return loaded().relationships().getOrDefault(relation, List.of());
    }

    /** Looks once more, if the last look was not just now: something was asked for that is not there. */
    boolean lookedAgain() throws SQLException {
        var before = loaded().loadedAt();
        return reloaded().loadedAt() != before;
    }

    /** Forgets everything: somebody learnt that it is not true any more. */
    void forget() {
        content = null;
    }

    private Content loaded() throws SQLException {
        var now = content;
        return now == null ? load() : now;
    }

    private Content reloaded() throws SQLException {
        var now = content;
        return now == null || System.nanoTime() - now.loadedAt() > PAUSE.toNanos() ? load() : now;
    }

    private synchronized Content load() throws SQLException {
        var now = content;
        if (now != null && System.nanoTime() - now.loadedAt() <= PAUSE.toNanos()) return now;
        try (var connection = read.getConnection()) {
            var relations = relations(connection);
            var routines = routines(connection, relations);
            var byName = new TreeMap<String, Relation>();
            relations
                    .values()
                    .forEach(numbered -> byName.put(numbered.relation().name(), numbered.relation()));
            var fresh = new Content(
                    byName,
                    relationships(connection, relations, routines),
                    byName(routines.values()),
                    System.nanoTime());
            content = fresh;
            return fresh;
        }
    }

    private static Map<String, List<Routine>> byName(Collection<Routine> routines) {
        var byName = new TreeMap<String, List<Routine>>();
        for (var routine : routines)
            byName.computeIfAbsent(routine.name(), unseen -> new ArrayList<>()).add(routine);
        return byName;
    }

    private Map<Long, Numbered> relations(Connection connection) throws SQLException {
        var columns = new LinkedHashMap<Long, Map<String, Column>>();
        var numbers = new HashMap<Long, Map<String, Integer>>();
        var names = new HashMap<Long, String>();
        var readers = new HashMap<Long, Set<String>>();
        var comments = new HashMap<Long, @Nullable String>();
        try (var statement = connection.prepareStatement(
                """
                select c.oid, c.relname, a.attnum, a.attname, format_type(a.atttypid, null) as type,
                       col_description(c.oid, a.attnum) as about_column, obj_description(c.oid, 'pg_class') as about,
                       array(select r.rolname::text from pg_catalog.pg_roles r
                             where r.rolname like 'chronodesk\\_%' and has_any_column_privilege(r.oid, c.oid, 'select')
                            ) as readers
                from pg_catalog.pg_class c
                  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
                  join pg_catalog.pg_attribute a on a.attrelid = c.oid
                where n.nspname = ? and c.relkind in ('v', 'm', 'r', 'p', 'f') and left(c.relname, 1) <> '_'
                  and not c.relispartition and a.attnum > 0 and not a.attisdropped
                order by c.relname, a.attnum
                """)) {
            statement.setString(1, schema);
            try (var result = statement.executeQuery()) {
                while (result.next()) {
                    var oid = result.getLong(1);
                    names.put(oid, text(result.getString(2)));
                    numbers.computeIfAbsent(oid, unseen -> new LinkedHashMap<>())
                            .put(text(result.getString(4)), result.getInt(3));
                    columns.computeIfAbsent(oid, unseen -> new LinkedHashMap<>())
                            .put(text(result.getString(4)), new Column(text(result.getString(5)), result.getString(6)));
                    comments.put(oid, result.getString(7));
                    readers.put(oid, Set.copyOf(texts(result, 8)));
                }
            }
        }
        var views = views(connection);
        var relations = new LinkedHashMap<Long, Numbered>();
        columns.forEach((oid, known) -> {
            var relation =
                    new Relation(text(names.get(oid)), known, readers.getOrDefault(oid, Set.of()), comments.get(oid));
            var origins = new HashMap<String, Origins.At>();
            var back = new HashMap<Origins.At, String>();
            for (var column : Objects.requireNonNull(numbers.get(oid)).entrySet()) {
                var origin = origin(new Origins.At(oid, column.getValue()), views);
                if (origin == null) continue;
                origins.put(column.getKey(), origin);
                back.putIfAbsent(origin, column.getKey());
            }
            relations.put(oid, new Numbered(oid, relation, back, origins));
        });
        return relations;
    }

    /** The columns of all views that are not PostgreSQL's own. */
    private static Map<Long, Map<Integer, Origins.At>> views(Connection connection) throws SQLException {
        var views = new HashMap<Long, Map<Integer, Origins.At>>();
        try (var statement = connection.prepareStatement(
                        """
                select c.oid, w.ev_action::text
                from pg_catalog.pg_rewrite w
                  join pg_catalog.pg_class c on c.oid = w.ev_class
                  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
                where w.rulename = '_RETURN' and n.nspname not in ('pg_catalog', 'information_schema')
                """);
                var result = statement.executeQuery()) {
            while (result.next()) views.put(result.getLong(1), Origins.of(text(result.getString(2))));
        }
        return views;
    }

    /** Follows a view's column to the table; null when it is an expression. */
    private static Origins.@Nullable At origin(Origins.At column, Map<Long, Map<Integer, Origins.At>> views) {
        var at = column;
        while (true) {
            var view = views.get(at.relation());
            if (view == null) return at;
            var next = view.get(at.column());
            if (next == null) return null;
            at = next;
        }
    }

    private static Map<String, List<Relationship>> relationships(
            Connection connection, Map<Long, Numbered> relations, Map<Long, Routine> routines) throws SQLException {
        var unique = uniqueColumns(connection, "indisunique");
        var primary = uniqueColumns(connection, "indisprimary");
        var byName = new HashMap<String, Numbered>();
        relations.values().forEach(numbered -> byName.put(numbered.relation().name(), numbered));
        var references = new HashMap<String, List<Keys>>();
        for (var key : foreignKeys(connection)) {
            for (var from : relations.values()) {
                var columns = named(from, key.from(), key.columns());
                if (columns == null) continue;
                for (var to : relations.values()) {
                    var targets = named(to, key.to(), key.targets());
                    if (targets != null) refer(references, key.name(), from, columns, to, targets, unique);
                }
            }
        }
        for (var from : relations.values()) {
            from.relation().columns().forEach((column, known) -> {
                if (known.comment() == null) return;
                var said = REFERENCES.matcher(known.comment());
                if (!said.find()) return;
                var to = byName.get(said.group(1));
                if (to == null || !to.relation().columns().containsKey(said.group(2))) return;
                var name = said.group(3) == null ? from.relation().name() + "_" + column + "_fkey" : said.group(3);
                refer(references, name, from, List.of(column), to, List.of(said.group(2)), unique);
            });
        }
        var all = new HashMap<String, List<Relationship>>();
        references.forEach((from, keys) -> {
            for (var key : keys) {
                all.computeIfAbsent(from, unseen -> new ArrayList<>()).add(key);
                all.computeIfAbsent(key.target(), unseen -> new ArrayList<>()).add(reversed(from, key));
            }
        });
        references.forEach((junction, keys) -> through(all, byName.get(junction), keys, primary));
        computed(connection, all, relations, routines);
        return all;
    }

    private static void refer(
            Map<String, List<Keys>> references,
            String name,
            Numbered from,
            List<String> columns,
            Numbered to,
            List<String> targets,
            Set<Set<Origins.At>> unique) {
        var origins = columns.stream()
                .map(from.origins()::get)
                .filter(Objects::nonNull)
                .toList();
        var alone = unique.stream().anyMatch(origins::containsAll);
        references
                .computeIfAbsent(from.relation().name(), unseen -> new ArrayList<>())
                .add(new Keys(name, to.relation().name(), columns, targets, true, true, alone));
    }

    private static Keys reversed(String from, Keys key) {
        return new Keys(key.name(), from, key.targetColumns(), key.columns(), false, key.toOneBack(), true);
    }

    /** Two references whose columns belong to the primary key make a relation a junction. */
    private static void through(
            Map<String, List<Relationship>> all,
            @Nullable Numbered junction,
            List<Keys> keys,
            Set<Set<Origins.At>> primary) {
        if (junction == null) return;
        for (var near : keys) {
            for (var far : keys) {
                if (near.equals(far)) continue;
                var columns = new ArrayList<>(near.columns());
                columns.addAll(far.columns());
                var origins = columns.stream().map(junction.origins()::get).toList();
                if (origins.contains(null)) continue;
                if (primary.stream().noneMatch(key -> key.containsAll(origins))) continue;
                all.computeIfAbsent(near.target(), unseen -> new ArrayList<>())
                        .add(new Through(junction.relation().name(), near, far));
            }
        }
    }

    private static void computed(
            Connection connection,
            Map<String, List<Relationship>> all,
            Map<Long, Numbered> relations,
            Map<Long, Routine> routines)
            throws SQLException {
        try (var statement = connection.prepareStatement(
                        """
                select p.oid, t.typrelid, p.prorows
                from pg_catalog.pg_proc p
                  join pg_catalog.pg_type t on t.oid = p.proargtypes[0]
                where p.pronargs = 1 and t.typrelid <> 0
                """);
                var result = statement.executeQuery()) {
            while (result.next()) {
                var routine = routines.get(result.getLong(1));
                var from = relations.get(result.getLong(2));
                if (routine == null || from == null || routine.of() == null) continue;
                var toOne = routine.result() == Result.ROW || result.getDouble(3) == 1;
                all.computeIfAbsent(from.relation().name(), unseen -> new ArrayList<>())
                        .add(new Computed(routine.name(), routine.of(), toOne));
            }
        }
    }

    private static @Nullable List<String> named(Numbered in, long relation, List<Integer> columns) {
        var names = new ArrayList<String>();
        for (var column : columns) {
            var name = in.names().get(new Origins.At(relation, column));
            if (name == null) return null;
            names.add(name);
        }
        return names;
    }

    private static List<ForeignKey> foreignKeys(Connection connection) throws SQLException {
        var keys = new ArrayList<ForeignKey>();
        try (var statement = connection.prepareStatement(
                        """
                select k.conname, k.conrelid, k.conkey, k.confrelid, k.confkey
                from pg_catalog.pg_constraint k
                where k.contype = 'f' and k.conparentid = 0
                order by k.conrelid, k.conname
                """);
                var result = statement.executeQuery()) {
            while (result.next())
                keys.add(new ForeignKey(
                        text(result.getString(1)),
                        result.getLong(2),
                        numbers(result, 3),
                        result.getLong(4),
                        numbers(result, 5)));
        }
        return keys;
    }

    /** Sets of columns of which no two rows have the same values. */
    private static Set<Set<Origins.At>> uniqueColumns(Connection connection, String kind) throws SQLException {
        var sets = new java.util.HashSet<Set<Origins.At>>();
        try (var statement = connection.prepareStatement(
                        """
                select i.indrelid, (i.indkey::int2[])[0 : i.indnkeyatts - 1]
                from pg_catalog.pg_index i
                  join pg_catalog.pg_class c on c.oid = i.indrelid
                  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
                where i.%s and i.indisvalid and i.indpred is null and i.indexprs is null
                  and n.nspname not in ('pg_catalog', 'pg_toast')
                """
                                .formatted(kind));
                var result = statement.executeQuery()) {
            while (result.next()) {
                var relation = result.getLong(1);
                var set = new java.util.HashSet<Origins.At>();
                for (var column : numbers(result, 2)) set.add(new Origins.At(relation, column));
                sets.add(set);
            }
        }
        return sets;
    }

    /** Functions that cannot change anything. */
    private Map<Long, Routine> routines(Connection connection, Map<Long, Numbered> relations) throws SQLException {
        var routines = new LinkedHashMap<Long, Routine>();
        try (var statement = connection.prepareStatement(
                """
                select p.oid, p.proname, p.proretset, format_type(p.prorettype, null) as result, t.typtype::text,
                       t.typrelid, p.provariadic <> 0 as variadic, p.pronargdefaults,
                       coalesce(p.proargmodes::text[], array_fill('i'::text, array[p.pronargs::int])) as modes,
                       coalesce(p.proargnames, '{}') as names,
                       array(select format_type(a.type, null)
                             from unnest(coalesce(p.proallargtypes, p.proargtypes::oid[])) with ordinality
                               as a(type, place)
                             order by a.place) as types,
                       array(select a.attname::text from pg_catalog.pg_attribute a
                             where a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped
                             order by a.attnum) as attributes,
                       array(select format_type(a.atttypid, null) from pg_catalog.pg_attribute a
                             where a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped
                             order by a.attnum) as attribute_types,
                       array(select r.rolname::text from pg_catalog.pg_roles r
                             where r.rolname like 'chronodesk\\_%' and has_function_privilege(r.oid, p.oid, 'execute')
                            ) as callers,
                       obj_description(p.oid, 'pg_proc') as about
                from pg_catalog.pg_proc p
                  join pg_catalog.pg_namespace n on n.oid = p.pronamespace
                  join pg_catalog.pg_type t on t.oid = p.prorettype
                where n.nspname = ? and p.prokind = 'f' and p.provolatile in ('s', 'i')
                  and left(p.proname, 1) <> '_'
                order by p.proname, p.oid
                """)) {
            statement.setString(1, schema);
            try (var result = statement.executeQuery()) {
                while (result.next()) {
                    var routine = routine(result, relations);
                    if (routine != null) routines.put(result.getLong(1), routine);
                }
            }
        }
        return routines;
    }

    /** Null when it has an argument without a name, which nobody could give. */
    private static @Nullable Routine routine(ResultSet result, Map<Long, Numbered> relations) throws SQLException {
        var name = text(result.getString(2));
        var many = result.getBoolean(3);
        var type = text(result.getString(4));
        var modes = texts(result, 9);
        var names = texts(result, 10);
        var types = texts(result, 11);
        var arguments = new LinkedHashMap<String, Argument>();
        var columns = new LinkedHashMap<String, Column>();
        var inputs = modes.stream().filter(mode -> "ibv".contains(mode)).count();
        var required = inputs - result.getInt(8);
        var of = relations.get(result.getLong(6));
        for (var i = 0; i < modes.size(); i++) {
            var mode = modes.get(i);
            var called = i < names.size() ? names.get(i) : "";
            if ("ibv".contains(mode)) {
                // what computes a relationship takes a row and needs no name
                if (called.isEmpty() && (inputs != 1 || of == null)) return null;
                arguments.put(
                        called,
                        new Argument(types.get(i), arguments.size() >= required || mode.equals("v"), mode.equals("v")));
            }
            if ("obt".contains(mode)) columns.put(called, new Column(types.get(i), null));
        }
        var attributes = texts(result, 12);
        var attributeTypes = texts(result, 13);
        for (var i = 0; i < attributes.size(); i++)
            columns.put(attributes.get(i), new Column(attributeTypes.get(i), null));
        var rows = columns.size() > 1 || (columns.size() == 1 && (modes.contains("t") || result.getLong(6) != 0));
        if (columns.isEmpty()) columns.put(name, new Column(type, null));
        var answers = type.equals("void")
                ? Result.NOTHING
                : rows ? (many ? Result.ROWS : Result.ROW) : (many ? Result.VALUES : Result.VALUE);
        return new Routine(
                name,
                arguments,
                answers,
                new Relation(name, columns, Set.copyOf(texts(result, 14)), result.getString(15)),
                of == null ? null : of.relation().name());
    }

    private static List<String> texts(ResultSet result, int column) throws SQLException {
        return Arrays.stream((Object[]) array(result, column).getArray())
                .map(String::valueOf)
                .toList();
    }

    private static List<Integer> numbers(ResultSet result, int column) throws SQLException {
        return Arrays.stream((Object[]) array(result, column).getArray())
                .map(number -> ((Number) number).intValue())
                .toList();
    }

    private static Array array(ResultSet result, int column) throws SQLException {
        return Objects.requireNonNull(result.getArray(column), "the catalogue has a list");
    }

    private static String text(@Nullable String value) {
        return Objects.requireNonNull(value, "the catalogue names everything");
    }
}
