package dev.chronodesk.app;

import dev.chronodesk.app.imports.Incidents;
import dev.chronodesk.app.imports.Remark;
import dev.chronodesk.app.imports.UnreadableFileException;
import dev.chronodesk.command.door.Commands;
import dev.chronodesk.db.log.EventLog;
import dev.chronodesk.db.log.LogUnavailableException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Brings tickets in. */
@Command(
        name = "import",
        description = "Brings in ServiceNow incidents with their history, one row per update."
                + " Doing it twice adds nothing.",
        mixinStandardHelpOptions = true)
final class Import implements Callable<Integer> {

    private final List<String> settings;

    @Parameters(paramLabel = "FILE", description = "a .csv or .csv.gz file")
    private Path file = Path.of("");

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    Import(List<String> settings) {
        this.settings = settings;
    }

    @Override
    public Integer call() throws InterruptedException {
        var name = String.valueOf(file.getFileName());
        if (!name.endsWith(".csv") && !name.endsWith(".csv.gz"))
            throw new ParameterException(spec.commandLine(), file + " is neither a .csv nor a .csv.gz file");
        try (var desk = Offline.open(settings);
                var meter = Meter.onConsole()) {
            var incidents = new Incidents(desk.getBean(Commands.class), desk.getBean(EventLog.class));
            var tally = incidents.bring(file, meter);
            meter.end();
            for (var remark : tally.remarks())
                (remark.kind() == Remark.Kind.REJECTED ? System.err : System.out).println(remark);
            System.out.printf(
                    "%d rows: %d events added, %d rows skipped, %d rows rejected%n",
                    tally.rows(), tally.events(), tally.skipped(), tally.rejected());
            return tally.rejected() == 0 ? Chronodesk.DONE : Chronodesk.DONE_WITH_REJECTED;
        } catch (Offline.NotOpenedException e) {
            return Chronodesk.FAILED; // Spring has said why
        } catch (UnreadableFileException e) {
            System.err.println(e.getMessage());
            return Chronodesk.FAILED;
        } catch (LogUnavailableException e) {
            System.err.println("The log takes nothing now: " + e.getMessage()
                    + ". What was imported stays; start the import again to go on.");
            return Chronodesk.FAILED;
        }
    }
}
