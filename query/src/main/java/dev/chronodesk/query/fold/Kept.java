package dev.chronodesk.query.fold;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The rows that a fold looked at last, and the keys without a row, so that they need not be read again. */
final class Kept {

    private final int most;
    private final Map<Table<?, ?>, Map<Object, Optional<? extends Record>>> tables = new HashMap<>();

    /** @param most rows of each table */
    Kept(int most) {
        this.most = most;
    }

    /** What of that is kept goes to the rows; the rest is returned. */
    Needs answer(Needs needs, Rows rows) {
        var missing = new Needs();
        for (var table : needs.tables()) answer(table, needs, rows, missing);
        return missing;
    }

    private <K, R extends Record> void answer(Table<K, R> table, Needs needs, Rows rows, Needs missing) {
        var kept = of(table);
        for (var key : needs.keys(table)) {
            var row = kept.get(key);
            if (row == null) missing.row(table, key);
            else rows.known(table, key, row.orElse(null));
        }
        for (var key : needs.fresh(table)) rows.known(table, key, null);
    }

    /** Keeps what became of the rows that were needed. */
    void keep(Needs needs, Rows rows) {
        if (!rows.erased().isEmpty()) tables.clear(); // what is about them here
        for (var table : needs.tables()) keep(table, needs, rows);
    }

    private <K, R extends Record> void keep(Table<K, R> table, Needs needs, Rows rows) {
        var kept = of(table);
        for (var key : needs.keys(table)) kept.put(key, rows.find(table, key));
        for (var key : needs.fresh(table)) kept.put(key, rows.find(table, key));
    }

    /** The least recently used goes first. */
    @SuppressWarnings("unchecked") // each table's map is filled by keep() with rows of that table
    private <K, R extends Record> Map<K, Optional<R>> of(Table<K, R> table) {
        return (Map<K, Optional<R>>) (Map<?, ?>) tables.computeIfAbsent(table, unseen -> new Bounded<>(most));
    }

    private static final class Bounded<K, V> extends LinkedHashMap<K, V> {
        private static final long serialVersionUID = 1L;

        private final int most;

        private Bounded(int most) {
            super(16, 0.75f, true);
            this.most = most;
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
            return size() > most;
        }
    }
}
