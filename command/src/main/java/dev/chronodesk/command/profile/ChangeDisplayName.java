package dev.chronodesk.command.profile;

import dev.chronodesk.command.door.Field;
import dev.chronodesk.command.door.Shape;
import dev.chronodesk.events.profile.ProfileId;

/** Calls a person something else. People do it for themselves, administrators for everybody. */
public record ChangeDisplayName(
        @Field("The person.") ProfileId profileId,
        @Field(
                        value = "What the person is called from now on; may be empty.",
                        example = "Ada King",
                        max = ProfileCommand.MAX_DISPLAY_NAME)
                String displayName)
        implements ProfileCommand {

    public ChangeDisplayName {
        var shape = new Shape();
        shape.required("profileId", profileId);
        shape.text("displayName", displayName, 0, MAX_DISPLAY_NAME);
        shape.check();
    }
}
