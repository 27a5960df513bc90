package dev.chronodesk.query.fold;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** The rows that a batch of events wants to see. */
public final class Needs {

    private final Map<Table<?, ?>, Set<Object>> keys = new LinkedHashMap<>();
    private final Map<Table<?, ?>, Set<Object>> fresh = new LinkedHashMap<>();

    /** The row of that key, whether it exists or not. */
    public <K, R extends Record> void row(Table<K, R> table, K key) {
        if (!fresh.getOrDefault(table, Set.of()).contains(key))
            keys.computeIfAbsent(table, unseen -> new LinkedHashSet<>()).add(key);
    }

    /** The row of that key, which cannot exist before this event: it begins what the row is about. */
    public <K, R extends Record> void fresh(Table<K, R> table, K key) {
        if (!keys.getOrDefault(table, Set.of()).contains(key))
            fresh.computeIfAbsent(table, unseen -> new LinkedHashSet<>()).add(key);
    }

    /** Whether there is no row that may exist. */
    boolean isEmpty() {
        return keys.isEmpty();
    }

    /** All tables of which a row is wanted, fresh ones too. */
    Set<Table<?, ?>> tables() {
        var tables = new HashSet<>(keys.keySet());
        tables.addAll(fresh.keySet());
        return tables;
    }

    /** The keys of rows that may exist. */
    @SuppressWarnings("unchecked") // row() put only keys of the table's type there
    <K, R extends Record> Set<K> keys(Table<K, R> table) {
        return (Set<K>) keys.getOrDefault(table, Set.of());
    }

    /** The keys of rows that cannot. */
    @SuppressWarnings("unchecked") // fresh() put only keys of the table's type there
    <K, R extends Record> Set<K> fresh(Table<K, R> table) {
        return (Set<K>) fresh.getOrDefault(table, Set.of());
    }
}
