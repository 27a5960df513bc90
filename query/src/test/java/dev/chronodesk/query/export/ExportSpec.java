package dev.chronodesk.query.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chronodesk.db.TestDatabase;
import dev.chronodesk.query.Histories;
import dev.chronodesk.query.LiveSchema;
import dev.chronodesk.query.ReadTables;
import dev.chronodesk.query.access.World;
import dev.chronodesk.query.export.Export.NotExportedException;
import dev.hardwood.InputFile;
import dev.hardwood.reader.ParquetFileReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What is exported is what an analyst reads, at one position, read back by a reader that did not write it. */
class ExportSpec {

    @TempDir
    Path directory;

    private TestDatabase database;
    private World world;
    private Export export;

    @BeforeEach
    void open() {
        database = TestDatabase.create();
        world = new World(database);
        export = new Export(database.database().read(), database.log(), ReadTables.model(database.codec()));
    }

    @AfterEach
    void close() {
        world.close();
    }

    private JsonNode manifest(Path of) throws IOException {
        return JsonMapper.shared().readTree(of.resolve(Export.MANIFEST).toFile());
    }

    @Test
    void every_table_in_parquet_has_the_rows_that_an_analyst_reads() throws Exception {
        var seed = Long.getLong("seed", System.nanoTime());
        System.out.println("ExportSpec -Dseed=" + seed);
        new Histories(database.log(), seed).random(300);
        world.desk().caughtUp();
        var target = directory.resolve("all");
        var exported = export.to(target, Format.PARQUET, List.of(), (table, rows) -> {});
        assertThat(exported.position()).isEqualTo(database.log().head().position());
        assertThat(exported.at()).isEqualTo(database.log().head().recordedAt());
        var manifest = manifest(target);
        assertThat(manifest.get("position").asLong()).isEqualTo(exported.position());
        assertThat(manifest.get("tables").size()).isEqualTo(exported.tables().size());
        assertThat(exported.tables())
                .extracting(Export.Written::table)
                .contains("tickets", "ticket_versions", "profiles", "reports")
                .doesNotContain("_position");
        for (var table : manifest.get("tables")) {
            var name = table.get("name").asString();
            var file = target.resolve(table.get("file").asString());
            assertThat(table.get("sha256").asString()).isEqualTo(sha256(file));
            assertThat(table.get("bytes").asLong()).isEqualTo(Files.size(file));
            var expected = asAnalyst("select * from " + LiveSchema.VIEWS + "." + name);
            var actual = read(file, Map.of("chronodesk.position", Long.toString(exported.position())));
            assertThat(actual).as(name + " with seed " + seed).containsExactlyInAnyOrderElementsOf(expected);
            assertThat(table.get("rows").asInt()).isEqualTo(expected.size());
        }
        try (var files = Files.list(directory)) {
            assertThat(files).containsExactly(target);
        }
    }

    @Test
    void csv_has_the_same_rows_and_no_address_and_no_name() throws Exception {
        var target = directory.resolve("csv");
        var exported = export.to(target, Format.CSV, List.of("profiles", "tickets"), (table, rows) -> {});
        assertThat(exported.tables()).extracting(Export.Written::table).containsExactly("profiles", "tickets");
        var profiles = Files.readAllLines(target.resolve("profiles.csv"));
        assertThat(profiles.getFirst())
                .isEqualTo("id,email,email_verified_at,display_name,role,active,created_at,erased_at");
        assertThat(profiles).hasSize((int) exported.tables().getFirst().rows() + 1);
        assertThat(profiles.subList(1, profiles.size()))
                .allMatch(line -> line.matches("[0-9a-f-]{36},,,,[a-z]+,[tf],.*"));
        assertThat(String.join("\n", profiles)).doesNotContain("Bob", "@");
        assertThat(Files.readString(target.resolve("tickets.csv"))).contains("Printer on fire");
    }

    @Test
    void all_tables_stand_at_one_position_though_things_go_on_happening() throws Exception {
        var before = database.log().head().position();
        var target = directory.resolve("one");
        var exported = export.to(target, Format.PARQUET, List.of("profiles", "tickets"), (table, rows) -> {
            world.histories().ticket(world.bob, "Meanwhile");
            world.desk().caughtUp();
        });
        assertThat(exported.position()).isEqualTo(before);
        assertThat(exported.tables().getLast().rows()).isEqualTo(2);
        assertThat(read(target.resolve("tickets.parquet"), Map.of())).hasSize(2);
    }

    @Test
    void tables_that_are_built_anew_meanwhile_are_not_taken_for_the_old_ones() {
        assertThatExceptionOfType(NotExportedException.class)
                .isThrownBy(() -> export.to(
                        directory.resolve("rebuilt"), Format.CSV, List.of("profiles", "tickets"), (table, rows) -> {
                            if (table.equals("tickets")) return;
                            try {
                                world.desk().rebuild(100).run((at, head) -> {});
                            } catch (InterruptedException e) {
                                throw new AssertionError(e);
                            }
                        }))
                .withMessageContaining("built anew");
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void nothing_is_there_when_it_breaks_off() throws Exception {
        assertThatThrownBy(() -> export.to(directory.resolve("broken"), Format.PARQUET, List.of(), (table, rows) -> {
                    throw new IllegalStateException("enough");
                }))
                .hasMessage("enough");
        try (var files = Files.list(directory)) {
            assertThat(files).isEmpty();
        }
    }

    @Test
    void what_cannot_be_exported_is_named() throws Exception {
        Files.writeString(directory.resolve("there"), "kept");
        refused(directory.resolve("there"), List.of(), "exists already");
        assertThat(directory.resolve("there")).hasContent("kept");
        refused(directory.resolve("none/deeper"), List.of(), "there is no directory");
        refused(directory.resolve("new"), List.of("tickets", "events"), "no table events; there are ");
        refused(directory.resolve("new"), List.of("_position"), "no table _position");
        try (var empty = TestDatabase.create()) {
            var unbuilt = new Export(empty.database().read(), empty.log(), ReadTables.model(empty.codec()));
            assertThatExceptionOfType(NotExportedException.class)
                    .isThrownBy(() -> unbuilt.to(directory.resolve("new"), Format.CSV, List.of(), (table, rows) -> {}))
                    .withMessageContaining("not built yet");
        }
        assertThat(directory.resolve("new")).doesNotExist();
    }

    private void refused(Path target, List<String> tables, String why) {
        assertThatExceptionOfType(NotExportedException.class)
                .isThrownBy(() -> export.to(target, Format.PARQUET, tables, (table, rows) -> {}))
                .withMessageContaining(why);
    }

    @Test
    void values_of_every_type_come_back_as_they_were() throws Exception {
        var sql =
                """
                select true as yes, 7::smallint as small, -8 as whole, 9223372036854775807 as big,
                       1.5::real as single, -0.1::double precision as twice, date '1969-07-20' as day,
                       timestamptz '1969-07-20 20:17:40.123456+00' as at,
                       '0198c0de-7a11-7000-8000-00000000c0de'::uuid as id,
                       E'na\\u00efve \\U0001F3AB\\n"x"' as text, '{"a": [1, null]}'::jsonb as json, 12.50::numeric as exact,
                       array['a', null, '', 'b,c'] as texts, '{}'::text[] as none,
                       array['0198c0de-7a11-7000-8000-00000000c0de'::uuid] as ids, array[date '2026-12-25'] as days,
                       array[1, -2]::bigint[] as numbers, array[timestamptz '2026-01-01 00:00:00.000001+00'] as moments,
                       array[true, false] as flags, array[0.5::double precision] as doubles
                union all
                select null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null,
                       null, null, null, null
                """;
        var file = directory.resolve("types.parquet");
        try (var connection = database.superuser();
                var statement = connection.createStatement()) {
            statement.execute("create temporary table typed as " + sql);
            var columns = new ArrayList<Column>();
            try (var types = statement.executeQuery("select attname, format_type(atttypid, null) from pg_attribute"
                    + " where attrelid = 'typed'::regclass and attnum > 0 order by attnum")) {
                while (types.next()) columns.add(new Column(types.getString(1), types.getString(2)));
            }
            try (var rows = statement.executeQuery("select * from typed");
                    var writer = ParquetFile.create(file, "types", columns, Map.of("said", "so"))) {
                while (rows.next()) writer.write(rows);
            }
        }
        var id = UUID.fromString("0198c0de-7a11-7000-8000-00000000c0de");
        var read = read(file, Map.of("said", "so"));
        assertThat(read.getFirst())
                .containsExactly(
                        true,
                        7,
                        -8,
                        Long.MAX_VALUE,
                        1.5f,
                        -0.1,
                        LocalDate.of(1969, 7, 20),
                        Instant.parse("1969-07-20T20:17:40.123456Z"),
                        id,
                        "na\u00efve \ud83c\udfab\n\"x\"",
                        "{\"a\": [1, null]}",
                        "12.50",
                        Arrays.asList("a", null, "", "b,c"),
                        List.of(),
                        List.of(id),
                        List.of(LocalDate.of(2026, 12, 25)),
                        List.of(1L, -2L),
                        List.of(Instant.parse("2026-01-01T00:00:00.000001Z")),
                        List.of(true, false),
                        List.of(0.5));
        assertThat(read.getLast()).hasSize(20).containsOnlyNulls();
    }

    private List<List<@Nullable Object>> asAnalyst(String sql) throws SQLException {
        try (var connection = database.superuser();
                var statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("set local role chronodesk_analyst");
            var rows = new ArrayList<List<@Nullable Object>>();
            try (var result = statement.executeQuery(sql)) {
                while (result.next()) {
                    var row = new ArrayList<@Nullable Object>();
                    for (var i = 1; i <= result.getMetaData().getColumnCount(); i++)
                        row.add(
                                switch (result.getMetaData().getColumnTypeName(i)) {
                                    case "timestamptz" -> {
                                        var at = result.getObject(i, OffsetDateTime.class);
                                        yield at == null ? null : at.toInstant();
                                    }
                                    case "jsonb" -> result.getString(i);
                                    case String type
                                    when type.startsWith("_") -> {
                                        var array = result.getArray(i);
                                        yield array == null ? null : Arrays.asList((Object[]) array.getArray());
                                    }
                                    default -> result.getObject(i);
                                });
                    rows.add(row);
                }
            }
            connection.rollback();
            return rows;
        }
    }

    private static List<List<@Nullable Object>> read(Path file, Map<String, String> said) throws IOException {
        try (var reader = ParquetFileReader.open(InputFile.of(file));
                var rows = reader.rowReader()) {
            assertThat(reader.getFileMetaData().keyValueMetadata()).containsAllEntriesOf(said);
            var columns = (int) reader.getFileMetaData().schema().getFirst().numChildren();
            var read = new ArrayList<List<@Nullable Object>>();
            while (rows.hasNext()) {
                rows.next();
                var row = new ArrayList<@Nullable Object>();
                for (var i = 0; i < columns; i++) row.add(rows.isNull(i) ? null : plain(rows.getValue(i)));
                read.add(row);
            }
            return read;
        }
    }

    private static Object plain(Object value) {
        return value instanceof dev.hardwood.row.PqList list ? list.values() : value;
    }

    private static String sha256(Path file) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
    }
}
