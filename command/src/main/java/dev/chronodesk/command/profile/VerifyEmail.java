package dev.chronodesk.command.profile;

import dev.chronodesk.command.door.Field;
import dev.chronodesk.command.door.Shape;
import dev.chronodesk.events.profile.ProfileId;

/** Says that the person's present address is known to be theirs. */
public record VerifyEmail(
        @Field("The person.") ProfileId profileId,
        @Field(
                        value = "The address that was verified: the person's present one.",
                        example = "ada@example.org",
                        min = 3,
                        max = Shape.MAX_EMAIL)
                String email)
        implements ProfileCommand {

    public VerifyEmail {
        var shape = new Shape();
        shape.required("profileId", profileId);
        shape.required("email", email);
        shape.email("email", email);
        shape.check();
    }
}
