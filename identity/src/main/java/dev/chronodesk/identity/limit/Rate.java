package dev.chronodesk.identity.limit;

import java.time.Duration;
import org.springframework.boot.convert.DurationStyle;

/**
 * So many within so much time, written {@code 5/1m}. All of them may come at once; then they come back one by one, each
 * after its share of the time.
 *
 * @param count 1 to 1,000,000
 * @param period 1 second to 31 days
 */
public record Rate(int count, Duration period) {

    private static final int MOST = 1_000_000;
    private static final String RULE =
            "a count of 1 to 1000000, a slash and a period of 1 second to 31 days, such as 5/1m";

    public Rate {
        if (count < 1
                || count > MOST
                || period.compareTo(Duration.ofSeconds(1)) < 0
                || period.compareTo(Duration.ofDays(31)) > 0) throw new IllegalArgumentException(RULE);
    }

    /** Named so that settings can be bound to it. */
    public static Rate of(String text) {
        var slash = text.indexOf('/');
        try {
            return new Rate(
                    Integer.parseInt(text.substring(0, Math.max(slash, 0)).strip()),
                    DurationStyle.detectAndParse(text.substring(slash + 1).strip()));
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new IllegalArgumentException(RULE, e);
        }
    }

    @Override
    public String toString() {
        return count + "/" + period;
    }
}
