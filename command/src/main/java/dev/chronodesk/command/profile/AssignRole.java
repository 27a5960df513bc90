package dev.chronodesk.command.profile;

import dev.chronodesk.command.door.Field;
import dev.chronodesk.command.door.Shape;
import dev.chronodesk.events.profile.ProfileId;
import dev.chronodesk.events.profile.Role;

/** Lets a person do other things, from their next request on. */
public record AssignRole(
        @Field("The person.") ProfileId profileId,
        @Field(value = "What the person may do from now on; service belongs to keys and is refused.", example = "agent")
                Role role)
        implements ProfileCommand {

    public AssignRole {
        var shape = new Shape();
        shape.required("profileId", profileId);
        shape.required("role", role);
        shape.check();
    }
}
