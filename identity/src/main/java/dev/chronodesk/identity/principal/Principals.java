package dev.chronodesk.identity.principal;

import dev.chronodesk.events.Personal;
import dev.chronodesk.events.profile.DisplayNameChanged;
import dev.chronodesk.events.profile.EmailChanged;
import dev.chronodesk.events.profile.EmailVerified;
import dev.chronodesk.events.profile.ProfileDeactivated;
import dev.chronodesk.events.profile.ProfileErased;
import dev.chronodesk.events.profile.ProfileEvent;
import dev.chronodesk.events.profile.ProfileReactivated;
import dev.chronodesk.events.profile.ProfileRegistered;
import dev.chronodesk.events.profile.Role;
import dev.chronodesk.events.profile.RoleAssigned;
import java.util.Locale;
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
            case EmailChanged e -> move(e.profileId().value(), e.to(), position);
            case EmailVerified e -> confirm(e.profileId().value(), e.email(), position);
            case ProfileErased e -> erase(e.profileId().value(), position);
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

    /**
     * From now on the person signs in with that address. Nothing is done for one that cannot be read any more, and for
     * one that is no account's: an account has ASCII only.
     */
    private void move(UUID person, Personal<String> email, long position) {
        var address = address(email);
        if (address.isEmpty()) return;
        // the log gave the address to this person: a sign-up that waits for it is refused
        jdbc.sql("delete from identity.account where email = ? and id <> ? and state = 'pending'")
                .param(address.get())
                .param(person)
                .update();
        jdbc.sql(
                        """
                        update identity.account
                        set email = ?, email_position = ?, email_confirmed_at = null, email_on_trust = false,
                            updated_at = now(),
                            -- who had none signs in by it
                            email_identity_at = case when email is null then now() else email_identity_at end,
                            new_email = null, email_change_current_at = null, email_change_new_at = null
                        where id = ? and email_position < ?""")
                .param(address.get())
                .param(position)
                .param(person)
                .param(position)
                .update();
    }

    private void confirm(UUID person, Personal<String> email, long position) {
        var address = address(email);
        if (address.isEmpty()) return;
        jdbc.sql(
                        """
                        update identity.account
                        set email_confirmed_at = coalesce(email_confirmed_at, now()), email_on_trust = false
                        where id = ? and email = ? and email_position < ?""")
                .param(person)
                .param(address.get())
                .param(position)
                .update();
    }

    private static Optional<String> address(Personal<String> email) {
        return email.value().map(text -> text.strip().toLowerCase(Locale.ROOT));
    }

    /**
     * Leaves an id that nobody comes back under, and of everything else what happened, without whom it concerned. One
     * statement, so that the account is there as long as something about its addresses is.
     */
    private void erase(UUID person, long position) {
        jdbc.sql(
                        """
                        with barred as (
                          insert into identity.principal
                            (id, role, role_position, disabled, disabled_position, erased)
                          values (:person, 'customer', 0, true, :position, true)
                          on conflict (id) do update
                          set disabled = true, disabled_position = excluded.disabled_position, erased = true,
                              session_version = principal.session_version + 1
                          where not principal.erased
                        ), subjects as (
                          insert into identity.erased_subject (subject_key, erased_at)
                          select subject_key, now() from identity.identity where account_id = :person
                          on conflict (subject_key) do update set erased_at = excluded.erased_at
                        ), unsent as (
                          update identity.mail m
                          set account_id = null, recipient = '', subject = null, plain = null, html = null, reply = null,
                              state = case m.state when 'waiting' then 'failed' else m.state end
                          where m.account_id = :person
                             or m.recipient in (select unnest(array[a.email, a.new_email])
                                                from identity.account a where a.id = :person)
                        ), nobody as (
                          update identity.trail t
                          set actor_id = nullif(t.actor_id, :person),
                              account_id = nullif(t.account_id, :person),
                              session_id = case when t.actor_id <> :person then t.session_id end,
                              address = case when t.actor_id <> :person then t.address end,
                              user_agent = case when t.actor_id <> :person then t.user_agent end
                          where t.account_id = :person or t.actor_id = :person
                        )
                        delete from identity.account where id = :person""")
                .param("person", person)
                .param("position", position)
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
