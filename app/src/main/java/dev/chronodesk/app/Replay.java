package dev.chronodesk.app;

import dev.chronodesk.db.Database;
import dev.chronodesk.db.keys.PersonKeys;
import dev.chronodesk.db.log.EventLog;
import dev.chronodesk.events.codec.EventCodec;
import dev.chronodesk.query.Positions;
import dev.chronodesk.query.QueryConfiguration;
import dev.chronodesk.query.QuerySettings;
import dev.chronodesk.query.fold.Rebuild.RebuildFailedException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Folds the log once more and says what came out, so that somebody can compare it. */
@Command(
        name = "replay",
        description = "Folds the log into tables of its own, up to a position, prints how many rows each has and a"
                + " hash over them, and drops them. The same log gives the same hashes, wherever and whenever it is"
                + " folded. A running service goes on meanwhile.",
        mixinStandardHelpOptions = true)
final class Replay implements Callable<Integer> {

    private final List<String> settings;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Option(
            names = "--as-of",
            paramLabel = "POSITION|MOMENT",
            description = "how far: a position, or a moment like 2026-01-31T12:00:00Z; all of it without this")
    private @Nullable String asOf;

    Replay(List<String> settings) {
        this.settings = settings;
    }

    @Override
    public Integer call() throws InterruptedException {
        try (var desk = Offline.open(settings);
                var meter = Meter.onConsole()) {
            var log = desk.getBean(EventLog.class);
            var position = asOf == null ? log.head().position() : new Positions(log).of(asOf);
            try (var tables = QueryConfiguration.asOf(
                    desk.getBean(Database.class),
                    log,
                    desk.getBean(PersonKeys.class),
                    desk.getBean(EventCodec.class),
                    desk.getBean(QuerySettings.class))) {
                meter.begin("events", position);
                var began = System.nanoTime();
                var contents = tables.replay(position, meter::at);
                var seconds = (System.nanoTime() - began) / 1e9;
                meter.end();
                System.out.println("The log was folded up to position " + position);
                contents.forEach((table, content) ->
                        System.out.printf("%-20s %12d rows  sha256 %s%n", table, content.rows(), content.sha256()));
                System.out.printf(Locale.ROOT, "%,.0f events/s in %.1f s%n", position / seconds, seconds);
                return Chronodesk.DONE;
            }
        } catch (Offline.NotOpenedException e) {
            return Chronodesk.FAILED; // Spring has said why
        } catch (RebuildFailedException e) {
            System.err.println("The log cannot be folded: " + e.getMessage());
            return Chronodesk.FAILED;
        } catch (Positions.NoPositionException e) {
            throw new ParameterException(spec.commandLine(), "--as-of: " + e.rule(), e);
        }
    }
}
