package dev.chronodesk.query.export;

/**
 * A column of a table.
 *
 * @param type as PostgreSQL names it
 */
record Column(String name, String type) {

    boolean isArray() {
        return type.endsWith("[]");
    }

    /** What an array holds, otherwise the type itself. */
    String element() {
        return isArray() ? type.substring(0, type.length() - 2) : type;
    }
}
