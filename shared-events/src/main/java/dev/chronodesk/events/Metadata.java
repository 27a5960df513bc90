package dev.chronodesk.events;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.chronodesk.events.profile.Role;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The facts around an event that nobody could add later.
 *
 * @param actor the person who acted; with {@code onBehalfOf} the person it was done for
 * @param actorRole the actor's role when they acted: what "staff" in a statistic means
 * @param sentBy who sent the command; the actor, unless somebody acts on behalf of them
 * @param automation whether a program decided this rather than a person; automations are no replies
 * @param command name of the command that caused it
 * @param key the command's idempotency key, the sender's or a made one
 * @param cause the event that made an automation act, or null
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Metadata(
        UUID actor,
        Role actorRole,
        UUID sentBy,
        boolean automation,
        String command,
        String key,
        @Nullable UUID cause) {}
