package dev.chronodesk.query.rest;

import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What {@code Prefer} asks for and we know.
 *
 * @param count how the number of all rows is wanted
 * @param minimal whether the rows themselves are not wanted
 * @param patience how long to wait for {@code Chronodesk-Min-Position}
 * @param applied what to say in {@code Preference-Applied}
 */
record Preferences(Count count, boolean minimal, Duration patience, List<String> applied) {

    /** How many rows there are. */
    enum Count {
        /** Not asked. */
        NONE,
        /** Counted. */
        EXACT,
        /** As the planner thinks. */
        PLANNED,
        /** As the planner thinks when that is more than one answer holds, otherwise counted. */
        ESTIMATED
    }

    private static final Duration WAIT = Duration.ofSeconds(2);
    private static final int MAX_WAIT = 30;

    /** What clients send along and what changes nothing in a read. */
    private static final Set<String> ABOUT_WRITES = Set.of(
            "return=representation",
            "return=headers-only",
            "resolution=merge-duplicates",
            "resolution=ignore-duplicates",
            "missing=default",
            "missing=null",
            "tx=commit",
            "tx=rollback");

    static Preferences of(HttpServletRequest request) {
        var count = Count.NONE;
        var minimal = false;
        var strict = false;
        var patience = WAIT;
        var applied = new ArrayList<String>();
        var unknown = new ArrayList<String>();
        for (var header : Collections.list(request.getHeaders("Prefer"))) {
            for (var part : header.split(",", -1)) {
                var preference = part.strip().toLowerCase(Locale.ROOT);
                if (preference.matches("count=(exact|planned|estimated)")) {
                    count = Count.valueOf(preference.substring(6).toUpperCase(Locale.ROOT));
                    applied.add(preference);
                } else if (preference.matches("wait=\\d{1,9}")) {
                    var seconds = Math.min(MAX_WAIT, Integer.parseInt(preference.substring(5)));
                    patience = Duration.ofSeconds(seconds);
                    applied.add("wait=" + seconds);
                } else if (preference.equals("return=minimal")) {
                    minimal = true;
                } else if (preference.matches("handling=(strict|lenient)")) {
                    strict = preference.endsWith("strict");
                    applied.add(preference);
                } else if (!preference.isEmpty()
                        && !ABOUT_WRITES.contains(preference)
                        && !preference.matches("(max-affected|timezone)=.*")) {
                    unknown.add(part.strip());
                }
            }
        }
        if (strict && !unknown.isEmpty())
            throw new RestException(
                    400,
                    "PGRST122",
                    "Invalid preferences given with handling=strict",
                    "Invalid preferences: " + RestException.shortened(String.join(", ", unknown)),
                    null);
        return new Preferences(count, minimal, patience, List.copyOf(applied));
    }
}
