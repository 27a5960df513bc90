package dev.chronodesk.query.rest;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.Locale;

/**
 * What form of answer is accepted.
 *
 * @param form of the rows
 * @param stripNulls whether columns without a value are left out
 */
record MediaTypes(Plan.Form form, boolean stripNulls) {

    static final String OPENAPI = "application/openapi+json";

    private static final MediaTypes JSON = new MediaTypes(Plan.Form.ARRAY, false);

    String contentType() {
        return switch (form) {
            case ARRAY -> "application/json; charset=utf-8";
            case OBJECT -> "application/vnd.pgrst.object+json; charset=utf-8";
            case CSV -> "text/csv; charset=utf-8";
        };
    }

    /** The first accepted form that we have, in the order in which they are named. */
    static MediaTypes of(HttpServletRequest request) {
        var accepted = String.join(",", Collections.list(request.getHeaders("Accept")));
        if (accepted.isBlank()) return JSON;
        for (var part : accepted.split(",", -1)) {
            var type = part.strip().toLowerCase(Locale.ROOT);
            var stripped = type.contains("nulls=stripped");
            switch (type.split(";", 2)[0].strip()) {
                case "application/json", "application/*", "*/*", "application/vnd.pgrst.array+json" -> {
                    return new MediaTypes(Plan.Form.ARRAY, stripped);
                }
                case "application/vnd.pgrst.object+json", "application/vnd.pgrst.object" -> {
                    return new MediaTypes(Plan.Form.OBJECT, stripped);
                }
                case "text/csv" -> {
                    return new MediaTypes(Plan.Form.CSV, false);
                }
                default -> {} // perhaps the next one
            }
        }
        throw new RestException(
                406,
                "PGRST107",
                "None of these media types are available: " + RestException.shortened(accepted),
                null,
                null);
    }
}
