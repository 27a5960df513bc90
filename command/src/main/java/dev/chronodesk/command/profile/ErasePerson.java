package dev.chronodesk.command.profile;

import dev.chronodesk.command.door.Field;
import dev.chronodesk.command.door.Shape;
import dev.chronodesk.events.profile.ProfileId;

/** Forgets a person for ever: key, account and every text about them. There is no way back. */
public record ErasePerson(@Field("The person.") ProfileId profileId) implements ProfileCommand {

    public ErasePerson {
        var shape = new Shape();
        shape.required("profileId", profileId);
        shape.check();
    }
}
