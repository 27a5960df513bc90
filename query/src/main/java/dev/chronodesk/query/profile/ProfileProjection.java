package dev.chronodesk.query.profile;

import static dev.chronodesk.query.fold.Versions.follows;

import dev.chronodesk.db.log.Recorded;
import dev.chronodesk.events.profile.DisplayNameChanged;
import dev.chronodesk.events.profile.ProfileDeactivated;
import dev.chronodesk.events.profile.ProfileEvent;
import dev.chronodesk.events.profile.ProfileReactivated;
import dev.chronodesk.events.profile.ProfileRegistered;
import dev.chronodesk.events.profile.RoleAssigned;
import dev.chronodesk.query.fold.Needs;
import dev.chronodesk.query.fold.Projection;
import dev.chronodesk.query.fold.Rows;
import dev.chronodesk.query.fold.Table;
import java.util.List;

/** People as lists and names beside tickets show them. */
public final class ProfileProjection implements Projection<ProfileEvent> {

    @Override
    public Class<ProfileEvent> events() {
        return ProfileEvent.class;
    }

    @Override
    public List<Table<?, ?>> tables() {
        return List.of(ProfileRow.TABLE);
    }

    @Override
    public int version() {
        return 2;
    }

    @Override
    public void needs(ProfileEvent event, Needs needs) {
        var profile = event.profileId().value();
        if (event instanceof ProfileRegistered) needs.fresh(ProfileRow.TABLE, profile);
        else needs.row(ProfileRow.TABLE, profile);
    }

    @Override
    public void fold(Recorded<ProfileEvent> recorded, Rows rows) {
        switch (recorded.event()) {
            case ProfileRegistered e -> {
                follows(recorded, 0);
                rows.insert(
                        ProfileRow.TABLE,
                        new ProfileRow(
                                e.profileId().value(),
                                e.email() == null ? null : e.email().orNull(),
                                e.displayName().orNull(),
                                e.role(),
                                true,
                                recorded.occurredAt(),
                                1));
            }
            case DisplayNameChanged e ->
                rows.update(ProfileRow.TABLE, before(recorded, rows).called(e.to().orNull()));
            case RoleAssigned e ->
                rows.update(ProfileRow.TABLE, before(recorded, rows).as(e.to()));
            case ProfileDeactivated _ ->
                rows.update(ProfileRow.TABLE, before(recorded, rows).active(false));
            case ProfileReactivated _ ->
                rows.update(ProfileRow.TABLE, before(recorded, rows).active(true));
        }
    }

    private static ProfileRow before(Recorded<ProfileEvent> recorded, Rows rows) {
        var row = rows.get(ProfileRow.TABLE, recorded.event().profileId().value());
        follows(recorded, row.version());
        return row;
    }
}
