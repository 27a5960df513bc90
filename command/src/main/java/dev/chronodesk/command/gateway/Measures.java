package dev.chronodesk.command.gateway;

import dev.chronodesk.command.door.CommandRefusedException;
import dev.chronodesk.command.door.MalformedException;
import dev.chronodesk.command.door.Outcome;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** How long each command took, by its outcome: the timer {@code chronodesk.commands}. */
public final class Measures {

    private final @Nullable MeterRegistry registry;

    /** @param registry where to, or null for nowhere */
    public Measures(@Nullable MeterRegistry registry) {
        this.registry = registry;
    }

    Outcome measured(String command, Supplier<Outcome> send) {
        if (registry == null) return send.get();
        var sample = Timer.start(registry);
        var outcome = "failed";
        try {
            var sent = send.get();
            outcome = sent.replayed() ? "replayed" : sent.unchanged() ? "unchanged" : "accepted";
            return sent;
        } catch (CommandRefusedException e) {
            outcome = e.reason().code();
            throw e;
        } catch (MalformedException e) {
            outcome = "malformed";
            throw e;
        } finally {
            sample.stop(Timer.builder("chronodesk.commands")
                    .description("From a bound command to its answer")
                    .tag("command", command)
                    .tag("outcome", outcome)
                    .publishPercentileHistogram()
                    .register(registry));
        }
    }
}
