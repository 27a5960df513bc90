package dev.chronodesk.events.schedule;

import java.time.ZoneId;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The zones that a schedule may be in. Only names that say a place, and UTC: the short ones are different things to
 * different programs. {@code CET} has a summer time for Java and none for PostgreSQL, where it is an abbreviation.
 */
public final class TimeZones {

    private static final Set<String> KNOWN = ZoneId.getAvailableZoneIds().stream()
            .filter(id -> id.equals("UTC") || (id.contains("/") && !id.startsWith("SystemV/")))
            .collect(Collectors.toUnmodifiableSet());

    private TimeZones() {}

    /** All of them, as the tz database of this JVM has them. */
    public static Set<String> known() {
        return KNOWN;
    }
}
