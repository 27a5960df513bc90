package dev.chronodesk.identity.limit;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * {@code chronodesk.identity.limits.*} and what belongs to them.
 *
 * @param limits how often, for those limits that are not left as they are; 1 to 5 rates each, all of which hold
 * @param longestDelay how long others who try an address may keep its owner waiting: after that a network has a try of
 *     its own
 * @param trustedProxies networks such as 10.0.0.0/8 whose header {@code X-Forwarded-For} is believed; none by default
 */
@ConfigurationProperties("chronodesk.identity")
public record LimitSettings(
        @DefaultValue Map<Limit, List<Rate>> limits,
        @DefaultValue("15m") Duration longestDelay,
        @DefaultValue List<String> trustedProxies) {

    private static final int MOST_RATES = 5;

    public LimitSettings {
        limits = Map.copyOf(limits);
        trustedProxies = List.copyOf(trustedProxies);
        limits.forEach((limit, rates) -> {
            if (rates.isEmpty() || rates.size() > MOST_RATES)
                throw new IllegalArgumentException(
                        "chronodesk.identity.limits." + limit.property() + ": 1 to " + MOST_RATES + " rates");
        });
        if (longestDelay.compareTo(Duration.ofSeconds(1)) < 0 || longestDelay.compareTo(Duration.ofDays(1)) > 0)
            throw new IllegalArgumentException("chronodesk.identity.longest-delay: 1 second to 1 day");
        var unused = new TrustedProxies(trustedProxies);
    }

    /** How often that may happen. */
    List<Rate> rates(Limit limit) {
        return limits.getOrDefault(limit, limit.standard());
    }
}
