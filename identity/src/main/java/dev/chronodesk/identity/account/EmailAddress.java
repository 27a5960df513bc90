package dev.chronodesk.identity.account;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * An e-mail address that can sign in: ASCII as RFC 5321 writes it without quotes, in lower case, so that an address
 * belongs to one account however it is typed.
 */
public record EmailAddress(String value) {

    private static final int MAX = 254;
    private static final Pattern LOCAL =
            Pattern.compile("[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*");
    private static final Pattern DOMAIN =
            Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*");

    public EmailAddress {
        var at = value.indexOf('@');
        if (value.length() > MAX
                || at < 1
                || at > 64
                || !LOCAL.matcher(value.substring(0, at)).matches()
                || !DOMAIN.matcher(value.substring(at + 1)).matches())
            throw new IllegalArgumentException("an e-mail address such as name@example.org");
    }

    /** The address that a person typed, or empty when it is none. */
    public static Optional<EmailAddress> of(String typed) {
        // some letters outside ASCII have a lower case inside: they would become somebody else's address
        if (typed.length() > 2 * MAX || typed.chars().anyMatch(c -> c > 127)) return Optional.empty();
        try {
            return Optional.of(new EmailAddress(typed.strip().toLowerCase(Locale.ROOT)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Nothing about a person reaches a log file by accident. */
    @Override
    public String toString() {
        return "EmailAddress[…]";
    }
}
