package dev.chronodesk.query.fold;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Rows of read tables in memory: what was loaded, and what folding has made of it. */
public final class Rows {

    /** A row before and after; null where it does not exist. */
    private static final class Slot<R> {
        private final @Nullable R before;
        private @Nullable R after;

        private Slot(@Nullable R before) {
            this.before = before;
            this.after = before;
        }
    }

    private final Map<Table<?, ?>, Map<Object, Slot<?>>> tables = new LinkedHashMap<>();
    private final Set<UUID> erased = new LinkedHashSet<>();
    private final boolean whole;

    private Rows(boolean whole) {
        this.whole = whole;
    }

    /** The rows of a whole history that is folded in memory from its beginning: what is not here does not exist. */
    public static Rows ofWholeHistory() {
        return new Rows(true);
    }

    /** Rows of a batch: what was not asked for is not known. */
    static Rows ofBatch() {
        return new Rows(false);
    }

    <K, R extends Record> void loaded(Table<K, R> table, Set<K> asked, Collection<R> found) {
        var slots = slots(table);
        for (var row : found) slots.put(table.key(row), new Slot<>(row));
        for (var key : asked) slots.computeIfAbsent(key, unseen -> new Slot<R>(null));
    }

    /** Says that this is the row of that key; null when there is none. */
    <K, R extends Record> void known(Table<K, R> table, K key, @Nullable R row) {
        slots(table).put(key, new Slot<>(row));
    }

    /**
     * The row of that key, if there is one.
     *
     * @throws IllegalStateException when the projection did not say that it needs it
     */
    public <K, R extends Record> Optional<R> find(Table<K, R> table, K key) {
        var slot = slots(table).get(key);
        if (slot == null && !whole) throw new IllegalStateException(table + " " + key + " is used but not needed");
        return Optional.ofNullable(slot == null ? null : slot.after);
    }

    /** The row of that key, which must exist. */
    public <K, R extends Record> R get(Table<K, R> table, K key) {
        return find(table, key).orElseThrow(() -> new FoldException(table + " has no row " + key));
    }

    /** Adds a row that does not exist yet. */
    public <K, R extends Record> void insert(Table<K, R> table, R row) {
        var slot = slots(table).computeIfAbsent(table.key(row), unseen -> new Slot<R>(null));
        if (slot.after != null) throw new FoldException(table + " already has a row " + table.key(row));
        var personal = table.personal();
        slot.after = personal == null ? row : personal.unless(erased, row);
    }

    /** Replaces the row of that key, which must exist and have the same constants. */
    public <K, R extends Record> void update(Table<K, R> table, R row) {
        var before = get(table, table.key(row));
        for (var constant : table.constants())
            if (!Objects.equals(constant.value().apply(before), constant.value().apply(row)))
                throw new FoldException(table + "." + constant.name() + " is constant and would change");
        slots(table).computeIfAbsent(table.key(row), unseen -> new Slot<R>(null)).after = row;
    }

    /** Takes the row of that key away, if there is one. */
    public <K, R extends Record> void remove(Table<K, R> table, K key) {
        if (find(table, key).isEmpty()) return;
        slots(table).computeIfAbsent(key, unseen -> new Slot<R>(null)).after = null;
    }

    /** Nothing is said about that person from now on, in whichever row. */
    public void erase(UUID person) {
        erased.add(person);
        for (var table : tables.keySet()) forget(table);
    }

    private <K, R extends Record> void forget(Table<K, R> table) {
        var personal = table.personal();
        if (personal == null) return;
        for (var slot : slots(table).values()) if (slot.after != null) slot.after = personal.unless(erased, slot.after);
    }

    /** Who was erased while these rows were folded; rows about them that are not here are there still. */
    Set<UUID> erased() {
        return erased;
    }

    Set<Table<?, ?>> tables() {
        return tables.keySet();
    }

    /** All rows that there are now, in no order. */
    public <K, R extends Record> List<R> all(Table<K, R> table) {
        var rows = new ArrayList<R>();
        for (var slot : slots(table).values()) if (slot.after != null) rows.add(slot.after);
        return rows;
    }

    <K, R extends Record> List<R> inserted(Table<K, R> table) {
        var rows = new ArrayList<R>();
        for (var slot : slots(table).values()) if (slot.before == null && slot.after != null) rows.add(slot.after);
        return rows;
    }

    <K, R extends Record> List<R> updated(Table<K, R> table) {
        var rows = new ArrayList<R>();
        for (var slot : slots(table).values())
            if (slot.before != null && slot.after != null && !slot.before.equals(slot.after)) rows.add(slot.after);
        return rows;
    }

    <K, R extends Record> List<K> removed(Table<K, R> table) {
        var keys = new ArrayList<K>();
        for (var slot : slots(table).values())
            if (slot.before != null && slot.after == null) keys.add(table.key(slot.before));
        return keys;
    }

    /** How many rows more there are than before. */
    long growth(Table<?, ?> table) {
        var growth = 0L;
        for (var slot : tables.getOrDefault(table, Map.of()).values())
            growth += (slot.after == null ? 0 : 1) - (slot.before == null ? 0 : 1);
        return growth;
    }

    @SuppressWarnings("unchecked") // each table's map is filled by methods that take the table's own types
    private <K, R extends Record> Map<K, Slot<R>> slots(Table<K, R> table) {
        return (Map<K, Slot<R>>) (Map<?, ?>) tables.computeIfAbsent(table, unseen -> new HashMap<>());
    }
}
