package dev.chronodesk.query.profile;

import dev.chronodesk.query.fold.Column;
import dev.chronodesk.query.fold.SqlType;
import dev.chronodesk.query.fold.Table;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An address that a person had; the present one stands in {@link ProfileRow}.
 *
 * @param position of the event that said it
 * @param email null when it was erased
 * @param changedBy who gave it to them
 */
public record PastEmailRow(
        UUID profileId,
        long position,
        @Nullable String email,
        Instant since,
        UUID changedBy,
        @Nullable Instant verifiedAt,
        Instant until) {

    /** A person may have one address several times. */
    public record Key(UUID profileId, long position) {}

    public static final Table<Key, PastEmailRow> TABLE = Table.<Key, PastEmailRow>keyedByMany(
                    "past_emails",
                    List.of(
                            new Column<>("profile_id", SqlType.UUID, Key::profileId),
                            new Column<>("position", SqlType.BIGINT, Key::position)),
                    row -> new Key(row.profileId(), row.position()))
            .column("email", SqlType.TEXT, PastEmailRow::email)
            .column("since", SqlType.TIMESTAMP, PastEmailRow::since)
            .column("changed_by", SqlType.UUID, PastEmailRow::changedBy)
            .column("verified_at", SqlType.TIMESTAMP, PastEmailRow::verifiedAt)
            .column("until", SqlType.TIMESTAMP, PastEmailRow::until)
            .about(
                    "profile_id",
                    row -> new PastEmailRow(
                            row.profileId, row.position, null, row.since, row.changedBy, row.verifiedAt, row.until),
                    "email")
            .readBy(in -> new PastEmailRow(
                    in.uuid(),
                    in.bigint(),
                    in.textOrNull(),
                    in.instant(),
                    in.uuid(),
                    in.instantOrNull(),
                    in.instant()));
}
