package dev.chronodesk.query.export;

import dev.chronodesk.db.log.EventLog;
import dev.chronodesk.query.fold.Json;
import dev.chronodesk.query.fold.ReadModel;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what an analyst may read into files, all of it as of one position: one snapshot, read only, as the role of
 * analysts and under its policies, so that no column holds an address or a name.
 */
public final class Export {

    private static final Logger LOG = LoggerFactory.getLogger(Export.class);

    /** The file that says what the others are. */
    public static final String MANIFEST = "manifest.json";

    private static final String ROLE = "chronodesk_analyst";

    /** Rows that are fetched at once: as many are in memory. */
    private static final int FETCHED = 5_000;

    /** A table that was written. */
    public record Written(String table, String file, long rows, long bytes, String sha256) {}

    /**
     * What was written.
     *
     * @param position of the read tables
     * @param at when that was recorded; null at position 0
     */
    public record Exported(long position, @Nullable Instant at, List<Written> tables) {}

    /** It cannot be done as it was asked for; nothing was written. The message names what is wrong, and the rule. */
    public static final class NotExportedException extends Exception {
        private static final long serialVersionUID = 1L;

        NotExportedException(String message) {
            super(message, null, false, false);
        }
    }

    /** Told after every so many rows, and at the end of each table. */
    @FunctionalInterface
    public interface Progress {
        void at(String table, long rows);
    }

    private final DataSource read;
    private final EventLog log;
    private final ReadModel model;

    /** @param read connections of a login that may become an analyst */
    public Export(DataSource read, EventLog log, ReadModel model) {
        this.read = read;
        this.log = log;
        this.model = model;
    }

    /**
     * Writes files into a directory that is there only when all of them are whole.
     *
     * @param wanted names of tables; all when there are none
     * @param directory which is made; its parent must be there
     * @throws NotExportedException when the directory exists, a table does not, or the read tables are not built yet
     */
    public Exported to(Path directory, Format format, List<String> wanted, Progress progress)
            throws IOException, SQLException, NotExportedException {
        var target = directory.toAbsolutePath().normalize();
        var parent = target.getParent();
        if (Files.exists(target)) throw new NotExportedException(directory + " exists already: name a new directory");
        if (parent == null || !Files.isDirectory(parent))
            throw new NotExportedException(directory + " cannot be made: there is no directory " + parent);
        try (var connection = read.getConnection()) {
            connection.setAutoCommit(false);
            try {
                become(connection);
                var known = tables(connection);
                var chosen = chosen(known, wanted);
                var part = Files.createTempDirectory(parent, "." + target.getFileName() + ".part-");
                try {
                    var exported = written(connection, part, format, known, chosen, progress);
                    forced(part.resolve(MANIFEST));
                    Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
                    return exported;
                } finally {
                    if (Files.exists(part)) removed(part);
                }
            } finally {
                connection.rollback();
            }
        }
    }

    private static void become(Connection connection) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute("set transaction isolation level repeatable read, read only");
            statement.execute("set local role " + ROLE);
            statement.execute("select set_config('request.jwt.claims', '"
                    + Json.write(Map.of("role", "authenticated", "app_metadata", Map.of("role", "analyst")))
                    + "', true)");
            // the longest table takes as long as it takes
            statement.execute("set local statement_timeout to 0");
        }
    }

    /** The views of this version that an analyst may read, with their columns. */
    private Map<String, List<Column>> tables(Connection connection) throws SQLException, NotExportedException {
        var tables = new LinkedHashMap<String, List<Column>>();
        try (var select = connection.prepareStatement(
                """
                select c.relname, a.attname, format_type(a.atttypid, null)
                from pg_class c
                join pg_namespace n on n.oid = c.relnamespace
                join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
                where n.nspname = ? and c.relkind = 'v' and c.relname !~ '^_' and has_table_privilege(c.oid, 'select')
                order by c.relname, a.attnum
                """)) {
            select.setString(1, model.views());
            try (var rows = select.executeQuery()) {
                while (rows.next())
                    tables.computeIfAbsent(rows.getString(1), unseen -> new ArrayList<>())
                            .add(new Column(rows.getString(2), rows.getString(3)));
            }
        }
        if (tables.isEmpty())
            throw new NotExportedException(
                    "this version's read tables are not built yet: start the service, or run rebuild");
        return tables;
    }

    private static List<String> chosen(Map<String, List<Column>> known, List<String> wanted)
            throws NotExportedException {
        for (var name : wanted)
            if (!known.containsKey(name))
                throw new NotExportedException(
                        "there is no table " + name + "; there are " + String.join(", ", known.keySet()));
        return wanted.isEmpty()
                ? List.copyOf(known.keySet())
                : wanted.stream().distinct().toList();
    }

    private Exported written(
            Connection connection,
            Path part,
            Format format,
            Map<String, List<Column>> known,
            List<String> chosen,
            Progress progress)
            throws IOException, SQLException, NotExportedException {
        var about = about(connection);
        var schema = schema(connection);
        var tables = new ArrayList<Written>();
        for (var table : chosen) {
            var columns = known.getOrDefault(table, List.of());
            var file = part.resolve(table + "." + format);
            var sql = "select "
                    + columns.stream().map(column -> '"' + column.name() + '"').collect(Collectors.joining(", "))
                    + " from " + model.views() + ".\"" + table + '"';
            var rows =
                    switch (format) {
                        case CSV -> csv(connection, sql, file);
                        case PARQUET -> parquet(connection, sql, file, table, columns, about, progress);
                    };
            tables.add(new Written(table, part.relativize(file).toString(), rows, Files.size(file), sha256(file)));
            forced(file);
            progress.at(table, rows);
        }
        // rebuilt tables take the place of the old ones by name, and have no rows in this snapshot
        if (schema(connection) != schema)
            throw new NotExportedException("the read tables were built anew meanwhile: run it again");
        Files.writeString(part.resolve(MANIFEST), manifest(format, about, tables, known));
        return new Exported(about.position(), about.at(), tables);
    }

    /** Which schema has the views' name now, whatever the snapshot shows. */
    private long schema(Connection connection) throws SQLException {
        try (var select = connection.prepareStatement("select to_regnamespace(?)::oid::bigint")) {
            select.setString(1, model.views());
            try (var row = select.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    /** On the disk, also when the machine loses its power next. */
    private static void forced(Path file) throws IOException {
        try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** What is said of all files. */
    private record About(long position, @Nullable Instant at, UUID incarnation, String version) {

        Map<String, String> texts() {
            var texts = new LinkedHashMap<String, String>();
            texts.put("chronodesk.position", Long.toString(position));
            texts.put("chronodesk.recorded_at", String.valueOf(at));
            texts.put("chronodesk.incarnation", incarnation.toString());
            texts.put("chronodesk.version", version);
            return texts;
        }
    }

    private About about(Connection connection) throws SQLException {
        try (var select = connection.prepareStatement("select position from " + model.views() + "._position");
                var row = select.executeQuery()) {
            row.next();
            var position = row.getLong("position");
            var at = position == 0
                    ? null
                    : log.storedAfter(position - 1, 1).getFirst().recordedAt();
            return new About(position, at, log.incarnation(), model.version());
        }
    }

    private static long csv(Connection connection, String sql, Path file) throws IOException, SQLException {
        try (OutputStream out = Files.newOutputStream(file)) {
            return connection
                    .unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyOut("copy (" + sql + ") to stdout with (format csv, header, encoding 'UTF8')", out);
        }
    }

    private static long parquet(
            Connection connection,
            String sql,
            Path file,
            String table,
            List<Column> columns,
            About about,
            Progress progress)
            throws IOException, SQLException {
        var rows = 0L;
        try (var statement = connection.createStatement();
                var writer = ParquetFile.create(file, table, columns, about.texts())) {
            statement.setFetchSize(FETCHED);
            try (var result = statement.executeQuery(sql)) {
                while (result.next()) {
                    writer.write(result);
                    if (++rows % 100_000 == 0) progress.at(table, rows);
                }
            }
        }
        return rows;
    }

    private static String manifest(Format format, About about, List<Written> tables, Map<String, List<Column>> known) {
        var manifest = new LinkedHashMap<String, @Nullable Object>();
        manifest.put("position", about.position());
        manifest.put("recordedAt", about.at() == null ? null : about.at().toString());
        manifest.put("incarnation", about.incarnation().toString());
        manifest.put("version", about.version());
        manifest.put("role", "analyst");
        manifest.put("format", format.toString());
        manifest.put(
                "tables",
                tables.stream()
                        .map(table -> {
                            var said = new LinkedHashMap<String, Object>();
                            said.put("name", table.table());
                            said.put("file", table.file());
                            said.put("rows", table.rows());
                            said.put("bytes", table.bytes());
                            said.put("sha256", table.sha256());
                            said.put(
                                    "columns",
                                    known.getOrDefault(table.table(), List.of()).stream()
                                            .map(column -> Map.of("name", column.name(), "type", column.type()))
                                            .toList());
                            return said;
                        })
                        .toList());
        return Json.write(manifest) + "\n";
    }

    private static String sha256(Path file) throws IOException {
        try (var in = new DigestInputStream(Files.newInputStream(file), MessageDigest.getInstance("SHA-256"))) {
            in.transferTo(OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(in.getMessageDigest().digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static void removed(Path directory) {
        try (var files = Files.walk(directory)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) Files.delete(file);
        } catch (IOException e) {
            LOG.warn("What was begun of an export cannot be removed: {}", directory, e);
        }
    }
}
