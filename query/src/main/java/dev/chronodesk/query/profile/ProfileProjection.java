package dev.chronodesk.query.profile;

import static dev.chronodesk.query.fold.Versions.follows;

import dev.chronodesk.db.log.Recorded;
import dev.chronodesk.events.profile.DisplayNameChanged;
import dev.chronodesk.events.profile.EmailChanged;
import dev.chronodesk.events.profile.EmailVerified;
import dev.chronodesk.events.profile.ProfileDeactivated;
import dev.chronodesk.events.profile.ProfileErased;
import dev.chronodesk.events.profile.ProfileEvent;
import dev.chronodesk.events.profile.ProfileReactivated;
import dev.chronodesk.events.profile.ProfileRegistered;
import dev.chronodesk.events.profile.RoleAssigned;
import dev.chronodesk.query.fold.Needs;
import dev.chronodesk.query.fold.Projection;
import dev.chronodesk.query.fold.Rows;
import dev.chronodesk.query.fold.Table;
import java.util.List;
import java.util.function.UnaryOperator;

/** People as lists and names beside tickets show them, with every address that they had. */
public final class ProfileProjection implements Projection<ProfileEvent> {

    @Override
    public Class<ProfileEvent> events() {
        return ProfileEvent.class;
    }

    @Override
    public List<Table<?, ?>> tables() {
        return List.of(ProfileRow.TABLE, PastEmailRow.TABLE);
    }

    @Override
    public int version() {
        return 3;
    }

    @Override
    public void needs(ProfileEvent event, Needs needs) {
        var profile = event.profileId().value();
        if (event instanceof ProfileRegistered) needs.fresh(ProfileRow.TABLE, profile);
        else needs.row(ProfileRow.TABLE, profile);
    }

    @Override
    public void fold(Recorded<ProfileEvent> recorded, Rows rows) {
        var at = recorded.occurredAt();
        switch (recorded.event()) {
            case ProfileRegistered e -> {
                follows(recorded, 0);
                var email = e.email();
                var has = email != null;
                rows.insert(
                        ProfileRow.TABLE,
                        new ProfileRow(
                                e.profileId().value(),
                                email == null ? null : email.orNull(),
                                e.displayName().orNull(),
                                e.role(),
                                true,
                                at,
                                has ? recorded.position() : null,
                                has ? at : null,
                                has ? recorded.metadata().actor() : null,
                                null,
                                null,
                                1));
            }
            case DisplayNameChanged e -> change(recorded, rows, row -> row.called(e.to().orNull()));
            case RoleAssigned e -> change(recorded, rows, row -> row.as(e.to()));
            case ProfileDeactivated _ -> change(recorded, rows, row -> row.active(false));
            case ProfileReactivated _ -> change(recorded, rows, row -> row.active(true));
            case EmailChanged e -> {
                before(recorded, rows).email(at).ifPresent(past -> rows.insert(PastEmailRow.TABLE, past));
                change(
                        recorded,
                        rows,
                        row -> row.email(
                                e.to().orNull(),
                                recorded.position(),
                                at,
                                recorded.metadata().actor()));
            }
            case EmailVerified _ -> change(recorded, rows, row -> row.verified(at));
            case ProfileErased e -> {
                change(recorded, rows, row -> row.erased(at));
                rows.erase(e.profileId().value());
            }
        }
    }

    private static void change(
            Recorded<ProfileEvent> recorded, Rows rows, UnaryOperator<ProfileRow.Changing> changing) {
        rows.update(
                ProfileRow.TABLE,
                changing.apply(new ProfileRow.Changing(before(recorded, rows))).row());
    }

    private static ProfileRow before(Recorded<ProfileEvent> recorded, Rows rows) {
        var row = rows.get(ProfileRow.TABLE, recorded.event().profileId().value());
        follows(recorded, row.version());
        return row;
    }
}
