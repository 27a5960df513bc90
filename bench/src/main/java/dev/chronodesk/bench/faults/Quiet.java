package dev.chronodesk.bench.faults;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.slf4j.LoggerFactory;

/** What breaks on purpose is no news: the log of this process says what nobody expected. */
public final class Quiet {

    private Quiet() {}

    public static void please() {
        if (LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME) instanceof Logger root)
            root.setLevel(Level.ERROR);
    }
}
