package dev.chronodesk.app;

import dev.chronodesk.db.Database;
import dev.chronodesk.db.log.EventLog;
import dev.chronodesk.events.codec.EventCodec;
import dev.chronodesk.query.QuerySettings;
import dev.chronodesk.query.ReadTables;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Makes the read tables anew. */
@Command(
        name = "rebuild",
        description = "Drops the read tables and folds them again from the log. A running service goes on meanwhile.",
        mixinStandardHelpOptions = true)
final class Rebuild implements Callable<Integer> {

    private final List<String> settings;

    Rebuild(List<String> settings) {
        this.settings = settings;
    }

    @Override
    public Integer call() throws InterruptedException {
        return rebuilt((rebuild, progress) -> rebuild.run(progress));
    }

    /** After an erasure: of other versions of the program nothing is left. */
    int everywhere() throws InterruptedException {
        return rebuilt((rebuild, progress) -> rebuild.everywhere(progress));
    }

    @FunctionalInterface
    private interface Rebuilding {
        long rebuild(dev.chronodesk.query.fold.Rebuild rebuild, dev.chronodesk.query.fold.Rebuild.Progress progress)
                throws InterruptedException;
    }

    private int rebuilt(Rebuilding rebuilding) throws InterruptedException {
        try (var desk = Offline.open(settings);
                var meter = Meter.onConsole()) {
            var rebuild = new dev.chronodesk.query.fold.Rebuild(
                    desk.getBean(Database.class).fold(),
                    desk.getBean(EventLog.class),
                    ReadTables.model(desk.getBean(EventCodec.class)),
                    desk.getBean(QuerySettings.class).batchSize());
            meter.begin("events", desk.getBean(EventLog.class).head().position());
            var began = System.nanoTime();
            var position = rebuilding.rebuild(rebuild, meter::at);
            var seconds = (System.nanoTime() - began) / 1e9;
            meter.end();
            System.out.println("The read tables stand at position " + position);
            System.out.printf(Locale.ROOT, "%,.0f events/s in %.1f s%n", position / seconds, seconds);
            return Chronodesk.DONE;
        } catch (Offline.NotOpenedException e) {
            return Chronodesk.FAILED; // Spring has said why
        } catch (dev.chronodesk.query.fold.Rebuild.RebuildFailedException e) {
            System.err.println("The read tables are as they were: " + e.getMessage());
            return Chronodesk.FAILED;
        }
    }
}
