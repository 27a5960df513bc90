package dev.chronodesk.identity.link;

import java.time.Duration;
import java.util.Locale;

/** What a mail with a one-time token is for, and how long the token lives. */
public enum LinkKind {
    CONFIRMATION(Duration.ofDays(1)),
    RECOVERY(Duration.ofHours(1)),
    MAGICLINK(Duration.ofHours(1)),
    INVITE(Duration.ofDays(7)),
    EMAIL_CHANGE_CURRENT(Duration.ofDays(1)),
    EMAIL_CHANGE_NEW(Duration.ofDays(1)),
    REAUTHENTICATION(Duration.ofMinutes(10));

    private final Duration lifetime;

    LinkKind(Duration lifetime) {
        this.lifetime = lifetime;
    }

    public Duration lifetime() {
        return lifetime;
    }

    /** The word of the contract that a link of this kind carries as its type. */
    public String type() {
        return switch (this) {
            case CONFIRMATION -> "signup";
            case EMAIL_CHANGE_CURRENT, EMAIL_CHANGE_NEW -> "email_change";
            case RECOVERY, MAGICLINK, INVITE, REAUTHENTICATION -> toString();
        };
    }

    static LinkKind of(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
