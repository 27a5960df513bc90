package dev.chronodesk.query.rest;

import java.util.Collection;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/** What somebody may have meant. */
final class Similar {

    private static final double ENOUGH = 0.75;
    private static final int LONGEST = 64;

    private Similar() {}

    /** The nearest of the names, or null when none is near. */
    static @Nullable String to(String word, Collection<String> names) {
        if (word.length() > LONGEST) return null;
        return names.stream()
                .distinct()
                .filter(name -> likeness(word, name) >= ENOUGH)
                .max(Comparator.<String>comparingDouble(name -> likeness(word, name))
                        .thenComparing(Comparator.reverseOrder()))
                .orElse(null);
    }

    /** 1 less the share of signs that must be added, removed or changed (Levenshtein's distance). */
    private static double likeness(String one, String other) {
        var before = new int[other.length() + 1];
        for (var j = 0; j <= other.length(); j++) before[j] = j;
        for (var i = 1; i <= one.length(); i++) {
            var now = new int[other.length() + 1];
            now[0] = i;
            for (var j = 1; j <= other.length(); j++) {
                var change = one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1;
                now[j] = Math.min(before[j - 1] + change, Math.min(before[j], now[j - 1]) + 1);
            }
            before = now;
        }
        var longest = Math.max(1, Math.max(one.length(), other.length()));
        return 1 - (double) before[other.length()] / longest;
    }
}
