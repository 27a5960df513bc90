package dev.chronodesk.app;

import dev.chronodesk.db.keys.KeyRotation;
import dev.chronodesk.db.keys.KeysUnusableException;
import dev.chronodesk.db.keys.PersonKeys;
import dev.chronodesk.db.log.LogUnavailableException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The keys that encrypt what is about persons. */
@Command(
        name = "keys",
        description = "The keys of persons, and the key-encryption key around them.",
        mixinStandardHelpOptions = true)
final class Keys implements Callable<Integer> {

    private final List<String> settings;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    Keys(List<String> settings) {
        this.settings = settings;
    }

    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "one of status, rotate and destroy is needed");
    }

    private interface Step {
        int run(PersonKeys keys) throws InterruptedException;
    }

    private int with(Step step) throws InterruptedException {
        try (var desk = Offline.open(settings)) {
            return step.run(desk.getBean(PersonKeys.class));
        } catch (Offline.NotOpenedException e) {
            return Chronodesk.FAILED; // Spring has said why
        } catch (KeysUnusableException | LogUnavailableException | UncheckedIOException e) {
            System.err.println(e.getMessage());
            return Chronodesk.FAILED;
        }
    }

    @Command(
            name = "status",
            description = "Says where the key-encryption key is and what it wraps.",
            mixinStandardHelpOptions = true)
    int status() throws InterruptedException {
        return with(keys -> {
            var status = keys.status();
            System.out.println("The key-encryption key is in " + status.source());
            System.out.println("It wraps with number " + status.primary());
            status.wrappings()
                    .forEach((kek, count) -> System.out.printf("%d keys of persons are wrapped by %d%n", count, kek));
            System.out.println(status.destroyed() + " keys are destroyed");
            return Chronodesk.DONE;
        });
    }

    @Command(
            name = "rotate",
            description = "Makes a new key-encryption key and wraps all keys with it. No event is touched, a running"
                    + " service goes on meanwhile. After an interruption it goes on where it was.",
            mixinStandardHelpOptions = true)
    int rotate(
            @Option(
                            names = "--to",
                            paramLabel = "SOURCE",
                            description = "keep it there from now on: file:PATH, env:NAME or the URI of a"
                                    + " key-management service")
                    @Nullable
                    String to)
            throws InterruptedException {
        return with(keys -> {
            KeyRotation.Progress progress = count -> System.out.println(count + " keys are wrapped anew");
            var done = to == null ? keys.rotate(progress) : keys.rotate(to, progress);
            System.out.printf(
                    "%d keys are wrapped by number %d now%s%n",
                    done.keys(),
                    done.primary(),
                    done.resumed() && to == null
                            ? ": an earlier rotation is finished, rotate again for a new key"
                            : "");
            System.out.println(
                    to == null
                            ? "Back the key-encryption key up again; older backups of the database need the older one."
                            : "Set chronodesk.keys.kek=" + to + " on every node, start them again, then remove the old"
                                    + " source.");
            return Chronodesk.DONE;
        });
    }

    @Command(
            name = "destroy",
            description = "Destroys a person's key for ever, and makes the read tables anew without what it encrypted.",
            mixinStandardHelpOptions = true)
    int destroy(@Parameters(paramLabel = "PERSON", description = "the profile's id") UUID person)
            throws InterruptedException {
        try {
            var destroyed = with(keys -> {
                keys.destroy(person);
                System.out.println("The key of " + person + " is destroyed");
                // nodes that run fold with what they remember until they have noticed
                Thread.sleep(PersonKeys.LOOK.multipliedBy(2));
                return Chronodesk.DONE;
            });
            if (destroyed != Chronodesk.DONE) return destroyed;
            var rebuilt = new Rebuild(settings).everywhere();
            if (rebuilt != Chronodesk.DONE) return rebuilt;
            // until here a start would have made them anew
            return with(keys -> {
                keys.rebuilt();
                return Chronodesk.DONE;
            });
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }
}
