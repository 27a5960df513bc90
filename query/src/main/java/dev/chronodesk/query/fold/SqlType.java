package dev.chronodesk.query.fold;

/** The types of columns in read tables. */
public enum SqlType {
    UUID("uuid", "uuid"),
    TEXT("text", "text"),
    /** A list of texts. An array of arrays would be taken apart by {@code unnest}, so each goes over as one text. */
    TEXTS("text[]", "text"),
    INT("integer", "int4"),
    BIGINT("bigint", "int8"),
    BOOLEAN("boolean", "bool"),
    TIMESTAMP("timestamp with time zone", "timestamptz"),
    JSON("jsonb", "text");

    private final String sql;
    private final String wire;

    SqlType(String sql, String wire) {
        this.sql = sql;
        this.wire = wire;
    }

    /** The name that PostgreSQL's catalogue gives it. */
    public String sql() {
        return sql;
    }

    /** The type of the array's elements in which values of many rows are sent. */
    String wire() {
        return wire;
    }
}
