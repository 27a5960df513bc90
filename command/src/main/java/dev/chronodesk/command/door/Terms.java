package dev.chronodesk.command.door;

import dev.chronodesk.events.profile.ProfileId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a sender may say about a command beside its fields.
 *
 * @param key the idempotency key, or null: then one is made
 * @param ifMatch act only if the command's own stream has this many events, or null
 * @param occurredAt when it happened, for senders of role service or admin; null for now
 * @param onBehalfOf the person who acted, for senders of role service or admin; null for the sender
 * @param automation whether a program decided this; automations are no replies
 * @param dryRun decide, and append nothing
 */
public record Terms(
        @Nullable String key,
        @Nullable Integer ifMatch,
        @Nullable Instant occurredAt,
        @Nullable ProfileId onBehalfOf,
        boolean automation,
        boolean dryRun) {

    /** Nothing special: a made key, now, as oneself. */
    public static final Terms PLAIN = new Terms(null, null, null, null, false, false);

    public Terms withKey(String key) {
        return new Terms(key, ifMatch, occurredAt, onBehalfOf, automation, dryRun);
    }

    public Terms at(Instant occurredAt) {
        return new Terms(key, ifMatch, occurredAt, onBehalfOf, automation, dryRun);
    }

    public Terms onBehalfOf(ProfileId person) {
        return new Terms(key, ifMatch, occurredAt, person, automation, dryRun);
    }

    public Terms automated() {
        return new Terms(key, ifMatch, occurredAt, onBehalfOf, true, dryRun);
    }
}
