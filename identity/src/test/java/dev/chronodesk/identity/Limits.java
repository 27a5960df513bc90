package dev.chronodesk.identity;

import dev.chronodesk.identity.limit.Limit;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** Rate limits as settings: in tests everybody comes from one network and is in a hurry. */
public final class Limits {

    private Limits() {}

    /** As it is given to a desk. */
    public static String property(Limit limit) {
        return "chronodesk.identity.limits." + limit.property();
    }

    /** All of them, as high as they go. */
    static Map<String, Object> raised() {
        return Arrays.stream(Limit.values()).collect(Collectors.toMap(Limits::property, limit -> "1000000/1s"));
    }

    /** All of them as they are when nothing is set. */
    public static Map<String, Object> standard() {
        var all = new HashMap<String, Object>();
        for (var limit : Limit.values())
            all.put(
                    property(limit),
                    limit.standard().stream()
                            .map(rate -> rate.count() + "/" + rate.period().toSeconds() + "s")
                            .collect(Collectors.joining(",")));
        return all;
    }
}
