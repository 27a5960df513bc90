package dev.chronodesk.command.profile;

import dev.chronodesk.command.door.Field;
import dev.chronodesk.command.door.Shape;
import dev.chronodesk.events.profile.ProfileId;
import org.jspecify.annotations.Nullable;

/**
 * Gives a person another address: theirs is free again in the same append. Whoever sends it answers for it; people
 * change their own address at {@code /auth/v1}, which asks for a proof first.
 */
public record ChangeEmail(
        @Field("The person.") ProfileId profileId,
        @Field(
                        value = "The address from now on, which belongs to one profile only.",
                        example = "ada.king@example.org",
                        min = 3,
                        max = Shape.MAX_EMAIL)
                String email,
        @Field(value = "Whether it is known to be theirs; false when left out.", example = "true") @Nullable
                Boolean verified)
        implements ProfileCommand {

    public ChangeEmail {
        var shape = new Shape();
        shape.required("profileId", profileId);
        shape.required("email", email);
        shape.email("email", email);
        shape.check();
    }

    boolean isVerified() {
        return Boolean.TRUE.equals(verified);
    }
}
