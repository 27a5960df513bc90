package dev.chronodesk.app;

import dev.chronodesk.db.Database;
import dev.chronodesk.db.log.Incarnation;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Says that the log is another history than before. */
@Command(
        name = "begin",
        description = {
            "Says once, after data were put back from a copy, that the log is another history than before.",
            "Followers and clients that know the old one are refused. A change of the primary and a dump that was"
                    + " restored into another cluster are noticed without it."
        },
        mixinStandardHelpOptions = true)
final class BeginIncarnation implements Callable<Integer> {

    private final List<String> settings;

    BeginIncarnation(List<String> settings) {
        this.settings = settings;
    }

    @Override
    public Integer call() {
        try (var desk = Offline.open(settings)) {
            var begun = desk.getBean(Database.class).beginIncarnation();
            System.out.println("The log is incarnation " + Incarnation.shortName(begun) + " now");
            return Chronodesk.DONE;
        } catch (Offline.NotOpenedException e) {
            return Chronodesk.FAILED; // Spring has said why
        }
    }
}
