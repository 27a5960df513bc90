package dev.chronodesk.identity.limit;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * What is counted at the doors, and how often it may happen unless {@code chronodesk.identity.limits.*} says otherwise.
 * A network is an IPv4 address or the first 64 bits of an IPv6 address; a whole company may stand behind one.
 */
public enum Limit {
    /** Passwords tried from a network, right or wrong. */
    SIGN_IN_PER_NETWORK("100/1m,1000/1h"),

    /** Wrong passwords for an address, whether or not it belongs to an account. */
    SIGN_IN_PER_ACCOUNT("5/1m,10/10m,30/1h"),

    /** Sign-ups from a network. */
    SIGN_UP_PER_NETWORK("20/1m,200/1h"),

    /** Mails asked for that go to an address, whether or not any is sent. */
    MAIL_PER_RECIPIENT("1/1m,10/1h"),

    /** Mails asked for from a network. */
    MAIL_PER_NETWORK("20/1m,200/1h"),

    /** Mails asked for by anybody. */
    MAIL_IN_TOTAL("200/1m,5000/1h"),

    /** Links and codes of mails shown from a network, right or wrong. */
    VERIFY_PER_NETWORK("60/1m,600/1h"),

    /** Wrong codes for an address. */
    VERIFY_PER_ACCOUNT("10/1m,30/1h"),

    /** People sent to a provider from a network, and coming back from one. */
    PROVIDER_PER_NETWORK("60/1m,600/1h"),

    /** Refresh tokens shown from a network. Nobody guesses one; this bounds the work. */
    REFRESH_PER_NETWORK("600/1m"),

    /** Wrong passwords or codes of somebody who is signed in and is asked once more. */
    REAUTHENTICATE_PER_ACCOUNT("5/1m,10/10m,30/1h"),

    /** Wrong codes of second factors for an account, by somebody who has shown its password. */
    MFA_PER_ACCOUNT("5/1m,15/1h,50/1d");

    private final String standard;

    Limit(String standard) {
        this.standard = standard;
    }

    /** How often when nothing is set. All of them hold, so the wait grows as a longer one is used up. */
    public List<Rate> standard() {
        return Arrays.stream(standard.split(",")).map(Rate::of).toList();
    }

    /** As it is written in settings. */
    public String property() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    boolean ofMail() {
        return switch (this) {
            case MAIL_PER_RECIPIENT, MAIL_PER_NETWORK, MAIL_IN_TOTAL -> true;
            case SIGN_IN_PER_NETWORK,
                    SIGN_IN_PER_ACCOUNT,
                    SIGN_UP_PER_NETWORK,
                    VERIFY_PER_NETWORK,
                    VERIFY_PER_ACCOUNT,
                    PROVIDER_PER_NETWORK,
                    REFRESH_PER_NETWORK,
                    REAUTHENTICATE_PER_ACCOUNT,
                    MFA_PER_ACCOUNT -> false;
        };
    }
}
