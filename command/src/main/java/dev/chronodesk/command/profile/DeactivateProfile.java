package dev.chronodesk.command.profile;

import dev.chronodesk.command.door.Field;
import dev.chronodesk.command.door.Shape;
import dev.chronodesk.events.profile.ProfileId;

/** Locks a person out, from their next request on; their sign-ins end. */
public record DeactivateProfile(@Field("The person.") ProfileId profileId) implements ProfileCommand {

    public DeactivateProfile {
        var shape = new Shape();
        shape.required("profileId", profileId);
        shape.check();
    }
}
