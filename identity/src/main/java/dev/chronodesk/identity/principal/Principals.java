package dev.chronodesk.identity.principal;

import dev.chronodesk.events.profile.DisplayNameChanged;
import dev.chronodesk.events.profile.ProfileDeactivated;
import dev.chronodesk.events.profile.ProfileEvent;
import dev.chronodesk.events.profile.ProfileReactivated;
import dev.chronodesk.events.profile.ProfileRegistered;
import dev.chronodesk.events.profile.Role;
import dev.chronodesk.events.profile.RoleAssigned;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The table {@code identity.principal}: what counts about a person at this moment, whatever an old token says. */
public final class Principals {

    private final JdbcClient jdbc;

    public Principals(DataSource identity) {
        jdbc = JdbcClient.create(identity);
    }

    /** Sets what the event says, unless a later event was applied already. */
    void apply(ProfileEvent event, long position) {
        switch (event) {
            case ProfileRegistered e -> give(e.profileId().value(), e.role(), position);
            case RoleAssigned e -> give(e.profileId().value(), e.to(), position);
            case ProfileDeactivated e -> bar(e.profileId().value(), true, position);
            case ProfileReactivated e -> bar(e.profileId().value(), false, position);
            case DisplayNameChanged _ -> {} // nobody may more or less for it
        }
    }

    private void give(UUID person, Role role, long position) {
        jdbc.sql(
                        """
                        insert into identity.principal (id, role, role_position) values (?, ?, ?)
                        on conflict (id) do update set role = excluded.role, role_position = excluded.role_position
                        where principal.role_position < excluded.role_position""")
                .param(person)
                .param(role.toString())
                .param(position)
                .update();
    }

    /** Whoever is barred is signed out too: let in again, they have to show who they are. */
    private void bar(UUID person, boolean disabled, long position) {
        jdbc.sql(
                        """
                        update identity.principal
                        set disabled = ?, disabled_position = ?, session_version = session_version + case when ? then 1 else 0 end
                        where id = ? and disabled_position < ?""")
                .param(disabled)
                .param(position)
                .param(disabled)
                .param(person)
                .param(position)
                .update();
    }

    /** The role of that person now; empty for whoever the log has not registered. */
    public Optional<Role> role(UUID person) {
        return jdbc.sql("select role from identity.principal where id = ?")
                .param(person)
                .query(String.class)
                .optional()
                .map(Role::of);
    }

    /** Whether anybody is administrator. */
    public boolean anyAdministrator() {
        return jdbc.sql("select exists (select 1 from identity.principal where role = 'admin')")
                .query(Boolean.class)
                .single();
    }
}
