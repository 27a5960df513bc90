package dev.chronodesk.query.rest;

import java.util.List;

/** A column, or something inside a JSON column. */
record Field(String column, List<Step> path) {

    Field {
        path = List.copyOf(path);
    }

    /**
     * One arrow.
     *
     * @param key a name, or an index when it is a number
     * @param asText whether the arrow is {@code ->>}
     */
    record Step(String key, boolean asText) {

        boolean isIndex() {
            return key.matches("-?\\d{1,9}");
        }
    }

    /** The name under which it is answered when none is given. */
    String name() {
        for (var i = path.size() - 1; i >= 0; i--)
            if (!path.get(i).isIndex()) return path.get(i).key();
        return column;
    }
}
