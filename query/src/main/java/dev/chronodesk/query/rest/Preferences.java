package dev.chronodesk.query.rest;

import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What {@code Prefer} asks for and we know.
 *
 * @param count how the number of all rows is wanted
 * @param minimal whether the rows themselves are not wanted
 * @param patience how long to wait for {@code Chronodesk-Min-Position}
 * @param applied what to say in {@code Preference-Applied}
 * @param changes what it asks of a request that changes something
 */
record Preferences(Count count, boolean minimal, Duration patience, List<String> applied, Changes changes) {

    /**
     * What can be asked of a change.
     *
     * @param representation whether the changed rows are wanted
     * @param headersOnly whether their address is
     * @param merged whether rows that are there are changed instead
     * @param ignored whether rows that are there are passed over
     * @param rollback whether nothing is to be done but to say what would happen
     * @param atMost how many rows may be changed, or null
     * @param applied what to say in {@code Preference-Applied} of it
     */
    record Changes(
            boolean representation,
            boolean headersOnly,
            boolean merged,
            boolean ignored,
            boolean rollback,
            @Nullable Long atMost,
            List<String> applied) {

        static Changes of(Collection<String> asked, boolean strict) {
            var applied = new ArrayList<String>();
            Long atMost = null;
            for (var preference : asked) {
                if (KNOWN.contains(preference)) applied.add(preference);
                if (strict && preference.matches("max-affected=\\d{1,18}")) {
                    atMost = Long.valueOf(preference.substring(13));
                    applied.add(preference);
                }
            }
            return new Changes(
                    asked.contains("return=representation"),
                    asked.contains("return=headers-only"),
                    asked.contains("resolution=merge-duplicates"),
                    asked.contains("resolution=ignore-duplicates"),
                    asked.contains("tx=rollback"),
                    atMost,
                    List.copyOf(applied));
        }

        private static final Set<String> KNOWN = Set.of(
                "return=representation",
                "return=minimal",
                "return=headers-only",
                "resolution=merge-duplicates",
                "resolution=ignore-duplicates",
                "missing=default",
                "missing=null",
                "tx=commit",
                "tx=rollback");
    }

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

    static final Duration WAIT = Duration.ofSeconds(2);
    private static final int MAX_WAIT = 30;

    static Preferences of(HttpServletRequest request) {
        var count = Count.NONE;
        var minimal = false;
        var strict = false;
        var patience = WAIT;
        var applied = new ArrayList<String>();
        var changes = new ArrayList<String>();
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
                } else if (Changes.KNOWN.contains(preference) || preference.startsWith("max-affected=")) {
                    minimal |= preference.equals("return=minimal");
                    changes.add(preference);
                } else if (preference.matches("handling=(strict|lenient)")) {
                    strict = preference.endsWith("strict");
                    applied.add(preference);
                } else if (!preference.isEmpty() && !preference.startsWith("timezone=")) {
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
        return new Preferences(count, minimal, patience, List.copyOf(applied), Changes.of(changes, strict));
    }
}
