package dev.chronodesk.app;

import java.util.List;
import java.util.concurrent.Callable;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import picocli.CommandLine.Command;

/** Starts the service. */
@Command(
        name = "serve",
        description = "Serves until it is told to stop (the default).",
        mixinStandardHelpOptions = true)
final class Serve implements Callable<Integer> {

    private final List<String> settings;

    Serve(List<String> settings) {
        this.settings = settings;
    }

    @Override
    public Integer call() {
        try {
            start(settings.toArray(String[]::new));
            return Chronodesk.RUNNING;
        } catch (RuntimeException e) {
            // Spring has said why
            return Chronodesk.FAILED;
        }
    }

    /** The running service; closing it stops everything in order. */
    static ConfigurableApplicationContext start(String... settings) {
        return new SpringApplication(Desk.class).run(settings);
    }
}
