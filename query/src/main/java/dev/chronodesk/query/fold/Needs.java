package dev.chronodesk.query.fold;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** The rows that a batch of events wants to see. */
public final class Needs {

    private final Map<Table<?, ?>, Set<Object>> keys = new LinkedHashMap<>();

    /** The row of that key, whether it exists or not. */
    public <K, R extends Record> void row(Table<K, R> table, K key) {
        keys.computeIfAbsent(table, unseen -> new LinkedHashSet<>()).add(key);
    }

    Set<Table<?, ?>> tables() {
        return keys.keySet();
    }

    @SuppressWarnings("unchecked") // row() put only keys of the table's type there
    <K, R extends Record> Set<K> keys(Table<K, R> table) {
        return (Set<K>) keys.getOrDefault(table, Set.of());
    }
}
