package dev.chronodesk.query.search;

import dev.chronodesk.query.fold.ReadModel.Script;

/** Full text over tickets and comments: indexes on their tables and a function that asks them. It folds nothing. */
public final class Search {

    private Search() {}

    /** To be run after those of tickets and comments. */
    public static Script script() {
        return new Script(Search.class, "search_tickets.sql");
    }
}
