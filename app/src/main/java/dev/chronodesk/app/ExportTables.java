package dev.chronodesk.app;

import dev.chronodesk.db.Database;
import dev.chronodesk.db.log.EventLog;
import dev.chronodesk.events.codec.EventCodec;
import dev.chronodesk.query.ReadTables;
import dev.chronodesk.query.export.Export;
import dev.chronodesk.query.export.Export.NotExportedException;
import dev.chronodesk.query.export.Format;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes the analysts' tables into files. */
@Command(
        name = "export",
        description = "Writes what an analyst may read into a new directory, a file for each table, all as of one"
                + " position, with a manifest. A running service goes on meanwhile.",
        mixinStandardHelpOptions = true)
final class ExportTables implements Callable<Integer> {

    private final List<String> settings;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "DIRECTORY", description = "which is made, and must not be there yet")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Path directory;

    @Parameters(index = "1..*", paramLabel = "TABLE", description = "tables, as tickets; all without any")
    private List<String> tables = List.of();

    @Option(
            names = "--format",
            paramLabel = "parquet|csv",
            description = "what files are written; parquet without this")
    private @Nullable String format;

    ExportTables(List<String> settings) {
        this.settings = settings;
    }

    @Override
    public Integer call() throws SQLException {
        var chosen = format();
        try (var desk = Offline.open(settings)) {
            var export = new Export(
                    desk.getBean(Database.class).read(),
                    desk.getBean(EventLog.class),
                    ReadTables.model(desk.getBean(EventCodec.class)));
            var began = System.nanoTime();
            var exported = export.to(directory, chosen, tables, (table, rows) -> {
                if (rows % 100_000 == 0 && rows > 0) System.out.printf(Locale.ROOT, "%s: %,d rows%n", table, rows);
            });
            var seconds = (System.nanoTime() - began) / 1e9;
            var rows = 0L;
            for (var table : exported.tables()) {
                System.out.printf(
                        "%-20s %12d rows %12d bytes  sha256 %s%n",
                        table.table(), table.rows(), table.bytes(), table.sha256());
                rows += table.rows();
            }
            System.out.println(directory + " holds the tables as of position " + exported.position()
                    + (exported.at() == null ? "" : ", recorded at " + exported.at()));
            System.out.printf(Locale.ROOT, "%,.0f rows/s in %.1f s%n", rows / seconds, seconds);
            return Chronodesk.DONE;
        } catch (Offline.NotOpenedException e) {
            return Chronodesk.FAILED; // Spring has said why
        } catch (IOException e) {
            System.err.println("Nothing is exported: " + directory + " cannot be written: " + e.getMessage());
            return Chronodesk.FAILED;
        } catch (NotExportedException e) {
            System.err.println("Nothing is exported: " + e.getMessage());
            return Chronodesk.FAILED;
        }
    }

    private Format format() {
        try {
            return format == null ? Format.PARQUET : Format.of(format);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--format: " + e.getMessage(), e);
        }
    }
}
