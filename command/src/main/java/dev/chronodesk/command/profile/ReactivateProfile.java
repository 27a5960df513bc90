package dev.chronodesk.command.profile;

import dev.chronodesk.command.door.Field;
import dev.chronodesk.command.door.Shape;
import dev.chronodesk.events.profile.ProfileId;

/** Lets a person in again, with the role that they have. */
public record ReactivateProfile(@Field("The person.") ProfileId profileId) implements ProfileCommand {

    public ReactivateProfile {
        var shape = new Shape();
        shape.required("profileId", profileId);
        shape.check();
    }
}
