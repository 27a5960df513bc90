package dev.chronodesk.db;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Places at which a test ends this process as {@code kill -9} does. They exist only where the system property
 * {@code chronodesk.test.fault-points} is set, such as {@code append.committed:3}: at the third passage of that place.
 * Everywhere else they are nothing.
 */
public final class FaultPoints {

    /** Appends are about to be sent to the database. */
    public static final String APPEND_SENDING = "append.sending";

    /** The database has committed appends, and nobody knows yet. */
    public static final String APPEND_COMMITTED = "append.committed";

    /** A command is decided and durable, and its sender is told next. */
    public static final String COMMAND_ACKNOWLEDGING = "command.acknowledging";

    /** A batch is folded, and its rows are committed next. */
    public static final String FOLD_WRITING = "fold.writing";

    /** The rows of a batch are committed. */
    public static final String FOLD_COMMITTED = "fold.committed";

    /** What {@code kill -9} looks like to whoever waits for the process. */
    private static final int KILLED = 137;

    private static final Pattern POINT = Pattern.compile("([a-z.]+):([1-9][0-9]{0,8})");

    private static final @Nullable FaultPoints SET = of(System.getProperty("chronodesk.test.fault-points"));

    private final Map<String, AtomicInteger> left = new ConcurrentHashMap<>();

    private FaultPoints() {}

    static @Nullable FaultPoints of(@Nullable String property) {
        if (property == null || property.isBlank()) return null;
        var points = new FaultPoints();
        for (var one : property.split(",", -1)) {
            var matcher = POINT.matcher(one);
            if (!matcher.matches())
                throw new IllegalArgumentException("chronodesk.test.fault-points: " + one + " is no place and number");
            points.left.put(matcher.group(1), new AtomicInteger(Integer.parseInt(matcher.group(2))));
        }
        return points;
    }

    /** Says that this place is passed. */
    public static void reached(String point) {
        if (SET != null && SET.isDue(point)) Runtime.getRuntime().halt(KILLED);
    }

    boolean isDue(String point) {
        var passages = left.get(point);
        return passages != null && passages.decrementAndGet() == 0;
    }
}
