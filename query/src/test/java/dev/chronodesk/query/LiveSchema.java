package dev.chronodesk.query;

import dev.chronodesk.events.codec.EventCodec;
import dev.chronodesk.query.fold.ReadModel;

/** The schemas of this version's live tables and views, for tests that look at them in SQL. */
public final class LiveSchema {

    private static final ReadModel MODEL = ReadTables.model(new EventCodec());

    /** The schema of the tables. */
    public static final String TABLES = MODEL.schema();

    /** The schema of the views. */
    public static final String VIEWS = MODEL.views();

    private LiveSchema() {}

    /** SQL in which {@code live} and {@code api}, with or without {@code _next}, stand for this version's schemas. */
    public static String named(String sql) {
        return sql.replaceAll("\\blive(_next)?\\.", TABLES + "$1.")
                .replaceAll("\\bapi_next\\.", VIEWS + "_next.")
                .replaceAll("'live(_next)?'", "'" + TABLES + "$1'")
                .replaceAll("'api(_next)?'", "'" + VIEWS + "$1'");
    }
}
