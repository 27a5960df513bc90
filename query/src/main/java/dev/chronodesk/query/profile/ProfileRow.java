package dev.chronodesk.query.profile;

import dev.chronodesk.events.profile.Role;
import dev.chronodesk.query.fold.SqlType;
import dev.chronodesk.query.fold.Table;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A person.
 *
 * @param email null for a person without an account, or when it was erased
 * @param displayName null when it was erased
 * @param version how many events the profile has
 */
public record ProfileRow(
        UUID id,
        @Nullable String email,
        @Nullable String displayName,
        Role role,
        boolean active,
        Instant createdAt,
        int version) {

    public static final Table<UUID, ProfileRow> TABLE = Table.keyedBy("profiles", "id", SqlType.UUID, ProfileRow::id)
            .column("email", SqlType.TEXT, ProfileRow::email)
            .column("display_name", SqlType.TEXT, ProfileRow::displayName)
            .column("role", SqlType.TEXT, row -> row.role().toString())
            .column("active", SqlType.BOOLEAN, ProfileRow::active)
            .column("created_at", SqlType.TIMESTAMP, ProfileRow::createdAt)
            .column("version", SqlType.INT, ProfileRow::version)
            .readBy(in -> new ProfileRow(
                    in.uuid(),
                    in.textOrNull(),
                    in.textOrNull(),
                    Role.of(in.text()),
                    in.bool(),
                    in.instant(),
                    in.integer()));

    ProfileRow called(@Nullable String displayName) {
        return new ProfileRow(id, email, displayName, role, active, createdAt, version + 1);
    }

    ProfileRow active(boolean active) {
        return new ProfileRow(id, email, displayName, role, active, createdAt, version + 1);
    }

    ProfileRow as(Role role) {
        return new ProfileRow(id, email, displayName, role, active, createdAt, version + 1);
    }
}
