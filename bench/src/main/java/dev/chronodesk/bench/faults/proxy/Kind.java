package dev.chronodesk.bench.faults.proxy;

import java.util.Locale;

/** What a statement does, as far as a cut cares. */
public enum Kind {
    /** A call of the append function, which commits by itself. */
    APPEND,
    /** The end of a transaction. */
    COMMIT,
    OTHER;

    static Kind of(String sql) {
        if (sql.contains("log.append")) return APPEND;
        return sql.strip().toUpperCase(Locale.ROOT).equals("COMMIT") ? COMMIT : OTHER;
    }
}
