package dev.chronodesk.query.profile;

import dev.chronodesk.events.profile.Role;
import dev.chronodesk.query.fold.SqlType;
import dev.chronodesk.query.fold.Table;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A person.
 *
 * @param email null for a person without an account, or when it was erased
 * @param displayName null when it was erased
 * @param emailPosition of the event that said the address, null without an account; the three after it likewise
 * @param emailSince since when they have it
 * @param emailBy who gave it to them
 * @param emailVerifiedAt when somebody vouched for it first; null before
 * @param erasedAt null unless they were erased
 * @param version how many events the profile has
 */
public record ProfileRow(
        UUID id,
        @Nullable String email,
        @Nullable String displayName,
        Role role,
        boolean active,
        Instant createdAt,
        @Nullable Long emailPosition,
        @Nullable Instant emailSince,
        @Nullable UUID emailBy,
        @Nullable Instant emailVerifiedAt,
        @Nullable Instant erasedAt,
        int version) {

    public static final Table<UUID, ProfileRow> TABLE = Table.keyedBy("profiles", "id", SqlType.UUID, ProfileRow::id)
            .column("email", SqlType.TEXT, ProfileRow::email)
            .column("display_name", SqlType.TEXT, ProfileRow::displayName)
            .column("role", SqlType.TEXT, row -> row.role().toString())
            .column("active", SqlType.BOOLEAN, ProfileRow::active)
            .column("created_at", SqlType.TIMESTAMP, ProfileRow::createdAt)
            .column("email_position", SqlType.BIGINT, ProfileRow::emailPosition)
            .column("email_since", SqlType.TIMESTAMP, ProfileRow::emailSince)
            .column("email_by", SqlType.UUID, ProfileRow::emailBy)
            .column("email_verified_at", SqlType.TIMESTAMP, ProfileRow::emailVerifiedAt)
            .column("erased_at", SqlType.TIMESTAMP, ProfileRow::erasedAt)
            .column("version", SqlType.INT, ProfileRow::version)
            .readBy(in -> new ProfileRow(
                    in.uuid(),
                    in.textOrNull(),
                    in.textOrNull(),
                    Role.of(in.text()),
                    in.bool(),
                    in.instant(),
                    in.bigintOrNull(),
                    in.instantOrNull(),
                    in.uuidOrNull(),
                    in.instantOrNull(),
                    in.instantOrNull(),
                    in.integer()));

    /** The address that they have now, as it will stand when they have another; empty when they have none. */
    Optional<PastEmailRow> email(Instant until) {
        if (emailPosition == null || emailSince == null || emailBy == null) return Optional.empty();
        return Optional.of(new PastEmailRow(id, emailPosition, email, emailSince, emailBy, emailVerifiedAt, until));
    }

    /** Changes some columns of a row; always one event more. */
    static final class Changing {
        private final ProfileRow before;
        private @Nullable String email;
        private @Nullable String displayName;
        private Role role;
        private boolean active;
        private @Nullable Long emailPosition;
        private @Nullable Instant emailSince;
        private @Nullable UUID emailBy;
        private @Nullable Instant emailVerifiedAt;
        private @Nullable Instant erasedAt;

        Changing(ProfileRow before) {
            this.before = before;
            email = before.email;
            displayName = before.displayName;
            role = before.role;
            active = before.active;
            emailPosition = before.emailPosition;
            emailSince = before.emailSince;
            emailBy = before.emailBy;
            emailVerifiedAt = before.emailVerifiedAt;
            erasedAt = before.erasedAt;
        }

        Changing called(@Nullable String to) {
            displayName = to;
            return this;
        }

        Changing as(Role to) {
            role = to;
            return this;
        }

        Changing active(boolean to) {
            active = to;
            return this;
        }

        Changing email(@Nullable String to, long position, Instant at, UUID by) {
            email = to;
            emailPosition = position;
            emailSince = at;
            emailBy = by;
            emailVerifiedAt = null;
            return this;
        }

        Changing verified(Instant at) {
            emailVerifiedAt = at;
            return this;
        }

        Changing erased(Instant at) {
            email = null;
            displayName = null;
            active = false;
            erasedAt = at;
            return this;
        }

        ProfileRow row() {
            return new ProfileRow(
                    before.id,
                    email,
                    displayName,
                    role,
                    active,
                    before.createdAt,
                    emailPosition,
                    emailSince,
                    emailBy,
                    emailVerifiedAt,
                    erasedAt,
                    before.version + 1);
        }
    }
}
