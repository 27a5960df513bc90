package dev.chronodesk.command.profile;

import dev.chronodesk.command.door.Command;
import dev.chronodesk.command.door.Field;
import dev.chronodesk.command.door.Shape;
import dev.chronodesk.events.profile.ProfileId;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Makes a person known to the desk, as a customer. Claims the e-mail address in the same append. */
public record RegisterProfile(
        @Field("The new profile's id, version 7 recommended; made when left out.") @Nullable ProfileId profileId,
        @Field(
                        value = "What the person is called; may be empty.",
                        example = "Ada Lovelace",
                        max = ProfileCommand.MAX_DISPLAY_NAME)
                String displayName,
        @Field(
                        value = "The person's address, which belongs to one profile only; none for a person without an"
                                + " account.",
                        example = "ada@example.org",
                        min = 3,
                        max = Shape.MAX_EMAIL)
                @Nullable
                String email)
        implements ProfileCommand {

    public RegisterProfile {
        var shape = new Shape();
        shape.text("displayName", displayName, 0, MAX_DISPLAY_NAME);
        shape.email("email", email);
        shape.check();
    }

    @Override
    public boolean creates() {
        return true;
    }

    @Override
    public Command identified(Supplier<UUID> ids) {
        return profileId != null ? this : new RegisterProfile(new ProfileId(ids.get()), displayName, email);
    }

    @Override
    public Map<String, UUID> makes() {
        return Map.of(
                "profileId",
                Objects.requireNonNull(profileId, "made at the door").value());
    }
}
