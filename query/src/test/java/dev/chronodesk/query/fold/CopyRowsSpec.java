package dev.chronodesk.query.fold;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chronodesk.query.Desk;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Rows that are copied are those that are inserted, in every type and at its edges. */
class CopyRowsSpec {

    private record Thing(
            long id,
            @Nullable UUID uuid,
            @Nullable String text,
            @Nullable List<String> texts,
            @Nullable Integer number,
            @Nullable Boolean flag,
            @Nullable Instant at,
            @Nullable Map<String, Object> json) {

        static final Table<Long, Thing> TABLE = Table.keyedBy("things", "id", SqlType.BIGINT, Thing::id)
                .column("uuid", SqlType.UUID, Thing::uuid)
                .column("text", SqlType.TEXT, Thing::text)
                .column("texts", SqlType.TEXTS, Thing::texts)
                .column("number", SqlType.INT, Thing::number)
                .column("flag", SqlType.BOOLEAN, Thing::flag)
                .column("at", SqlType.TIMESTAMP, Thing::at)
                .column("json", SqlType.JSON, Thing::json)
                .readBy(in -> {
                    throw new IllegalStateException("compared as PostgreSQL has them");
                });
    }

    private static final String WEIRD = "a\tb\nc\rd\\e\"f'g{h},i NULL \\N \u00e4\u20ac\ud83d\ude00";

    private static List<Thing> things() {
        var things = new ArrayList<Thing>();
        for (var at : List.of(
                "2026-02-03T04:05:06.789012Z",
                "2026-02-03T04:05:06.789012999Z",
                "1999-12-31T23:59:59.999999Z",
                "1969-12-31T23:59:59.000001Z",
                "0001-01-01T00:00:00Z",
                "-0044-03-15T12:00:00.5Z",
                "9999-12-31T23:59:59.999999999Z"))
            things.add(new Thing(
                    things.size(),
                    UUID.randomUUID(),
                    WEIRD,
                    List.of(WEIRD, "", "NULL"),
                    Integer.MIN_VALUE + things.size(),
                    things.size() % 2 == 0,
                    Instant.parse(at),
                    Map.of(WEIRD.replace("\ud83d\ude00", ""), List.of(1, "two", WEIRD))));
        things.add(new Thing(Long.MAX_VALUE, null, null, null, null, null, null, null));
        things.add(new Thing(Long.MIN_VALUE, null, "", List.of(), 0, null, null, Map.of()));
        // longer than what is sent at once
        things.add(new Thing(-1, null, WEIRD.repeat(20_000), List.of("x".repeat(200_000)), -1, true, null, null));
        return things;
    }

    @Test
    void copied_rows_equal_inserted_ones() throws SQLException {
        try (var desk = new Desk();
                var connection = desk.database().superuser()) {
            var rows = Rows.ofWholeHistory();
            for (var thing : things()) rows.insert(Thing.TABLE, thing);
            for (var schema : List.of("inserted", "copied"))
                try (var statement = connection.createStatement()) {
                    statement.execute("create schema " + schema);
                    statement.execute("create table " + schema + ".things (id bigint primary key, uuid uuid, text text,"
                            + " texts text[], number integer, flag boolean, at timestamptz, json jsonb)");
                }
            new TableStore("inserted", List.of()).write(connection, rows);
            new TableStore("copied", List.of()).copy(connection, rows);
            assertThat(texts(connection, "copied")).hasSize(things().size()).isEqualTo(texts(connection, "inserted"));
        }
    }

    private static Map<Long, String> texts(Connection connection, String schema) throws SQLException {
        var texts = new LinkedHashMap<Long, String>();
        try (var statement = connection.createStatement();
                var result =
                        statement.executeQuery("select t.id, t::text from " + schema + ".things t order by t.id")) {
            while (result.next()) texts.put(result.getLong(1), result.getString(2));
        }
        return texts;
    }
}
