package dev.chronodesk.query.rest;

import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * What {@code Prefer} asks for and we know.
 *
 * @param count whether the number of all rows is wanted; an estimate is answered exactly
 * @param patience how long to wait for {@code Chronodesk-Min-Position}
 * @param applied what to say in {@code Preference-Applied}
 */
record Preferences(boolean count, Duration patience, List<String> applied) {

    private static final Duration WAIT = Duration.ofSeconds(2);
    private static final int MAX_WAIT = 30;

    static Preferences of(HttpServletRequest request) {
        var count = false;
        var patience = WAIT;
        var applied = new ArrayList<String>();
        for (var header : Collections.list(request.getHeaders("Prefer"))) {
            for (var part : header.split(",", -1)) {
                var preference = part.strip().toLowerCase(Locale.ROOT);
                if (preference.matches("count=(exact|planned|estimated)")) {
                    count = true;
                    applied.add("count=exact");
                } else if (preference.matches("wait=\\d{1,9}")) {
                    var seconds = Math.min(MAX_WAIT, Integer.parseInt(preference.substring(5)));
                    patience = Duration.ofSeconds(seconds);
                    applied.add("wait=" + seconds);
                }
            }
        }
        return new Preferences(count, patience, List.copyOf(applied));
    }
}
