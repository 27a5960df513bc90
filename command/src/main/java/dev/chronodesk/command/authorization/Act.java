package dev.chronodesk.command.authorization;

import dev.chronodesk.events.Metadata;
import dev.chronodesk.events.profile.ProfileId;
import dev.chronodesk.events.profile.Role;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The circumstances of one command, verified at the door and never taken from a body.
 *
 * @param actor the person who acts: with {@code onBehalfOf} the person it is done for
 * @param role the actor's, now
 * @param sentBy who sent it
 * @param automation whether a program decided it
 * @param command its name
 * @param key its idempotency key
 * @param occurredAt when it happened, or null for now
 * @param ifMatch act only on this version of the stream, or null
 */
public record Act(
        UUID actor,
        Role role,
        UUID sentBy,
        boolean automation,
        String command,
        String key,
        @Nullable Instant occurredAt,
        @Nullable Integer ifMatch) {

    /** Under this name it travels in the metadata of a message. */
    public static final String NAME = "act";

    /** Whether the actor has the rights of staff on tickets: a person of that role, or a key. */
    public boolean staff() {
        return role.staff() || role == Role.SERVICE;
    }

    public ProfileId person() {
        return new ProfileId(actor);
    }

    /** What an event keeps of it for ever. */
    public Metadata recorded() {
        return new Metadata(actor, role, sentBy, automation, command, key, null);
    }

    /** For the message of an event. */
    public Map<String, Object> metadata() {
        return Map.of(NAME, this);
    }
}
