package dev.chronodesk.command.profile;

import static org.axonframework.modelling.command.AggregateLifecycle.getVersion;
import static org.axonframework.modelling.command.AggregateLifecycle.isLive;

import dev.chronodesk.command.authorization.Act;
import dev.chronodesk.command.authorization.Timeline;
import dev.chronodesk.command.door.CommandRefusedException;
import dev.chronodesk.command.door.DoorRefusal.InactivePerson;
import dev.chronodesk.command.door.DoorRefusal.NotFound;
import dev.chronodesk.command.profile.ProfileRejection.AdministratorsOnly;
import dev.chronodesk.command.profile.ProfileRejection.ErasedPerson;
import dev.chronodesk.command.profile.ProfileRejection.NotPresentAddress;
import dev.chronodesk.command.profile.ProfileRejection.RoleForKeysOnly;
import dev.chronodesk.command.profile.ProfileRejection.StillAdministrator;
import dev.chronodesk.events.Personal;
import dev.chronodesk.events.profile.DisplayNameChanged;
import dev.chronodesk.events.profile.EmailChanged;
import dev.chronodesk.events.profile.EmailVerified;
import dev.chronodesk.events.profile.ProfileDeactivated;
import dev.chronodesk.events.profile.ProfileErased;
import dev.chronodesk.events.profile.ProfileEvent;
import dev.chronodesk.events.profile.ProfileId;
import dev.chronodesk.events.profile.ProfileReactivated;
import dev.chronodesk.events.profile.ProfileRegistered;
import dev.chronodesk.events.profile.Role;
import dev.chronodesk.events.profile.RoleAssigned;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.axonframework.commandhandling.CommandHandler;
import org.axonframework.eventhandling.Timestamp;
import org.axonframework.eventsourcing.EventSourcingHandler;
import org.axonframework.messaging.MetaData;
import org.axonframework.messaging.annotation.MetaDataValue;
import org.axonframework.modelling.command.AggregateIdentifier;
import org.axonframework.modelling.command.AggregateLifecycle;
import org.axonframework.modelling.command.AggregateRoot;
import org.axonframework.modelling.command.CommandHandlerInterceptor;
import org.jspecify.annotations.Nullable;

/** Decides what may happen to one person's profile. What concerns others too, {@link Profiles} puts beside it. */
@AggregateRoot
@SuppressWarnings("NullAway.Init") // the first event sets what is never null
final class Profile {

    @AggregateIdentifier
    private ProfileId id;

    private Personal<String> displayName;
    private @Nullable Personal<String> email;
    private boolean verified;
    private Role role;
    private boolean active = true;
    private boolean erased;
    private final Timeline timeline = new Timeline();

    Profile() {}

    Profile(RegisterProfile command, Act act) {
        var profileId = Objects.requireNonNull(command.profileId(), "made at the door");
        Timeline.begin(act, profileId.value());
        var email = command.email();
        apply(
                act,
                new ProfileRegistered(
                        profileId,
                        Personal.of(command.displayName()),
                        email == null ? null : Personal.of(email.strip()),
                        Role.CUSTOMER));
    }

    /** Before every command: a customer knows of no profile but their own. */
    @CommandHandlerInterceptor
    void admit(@MetaDataValue("act") Act act) {
        permit(act);
        if (erased) throw new CommandRefusedException(new ErasedPerson());
    }

    /** Keys send some commands about everybody; which ones, the table of access says. */
    private void permit(Act act) {
        if (act.role() != Role.ADMIN
                && act.role() != Role.SERVICE
                && !act.person().equals(id))
            throw new CommandRefusedException(act.role().staff() ? new AdministratorsOnly() : new NotFound());
        timeline.admit(act, id.value(), getVersion());
    }

    @CommandHandler
    void handle(ChangeDisplayName command, @MetaDataValue("act") Act act) {
        var name = Personal.of(command.displayName());
        if (name.equals(displayName)) return;
        apply(act, new DisplayNameChanged(id, displayName, name));
    }

    @CommandHandler
    void handle(DeactivateProfile command, @MetaDataValue("act") Act act) {
        if (!active) return;
        // so that the roster counts those who can administer
        if (role == Role.ADMIN) throw new CommandRefusedException(new StillAdministrator());
        apply(act, new ProfileDeactivated(id));
    }

    @CommandHandler
    void handle(ReactivateProfile command, @MetaDataValue("act") Act act) {
        if (!active) apply(act, new ProfileReactivated(id));
    }

    /** Changes the role unless it is so already, and answers which it was before. */
    Role assign(AssignRole command, Act act) {
        admit(act);
        var before = role;
        if (command.role() == Role.SERVICE) throw new CommandRefusedException(new RoleForKeysOnly());
        if (!active && command.role() == Role.ADMIN) throw new CommandRefusedException(new InactivePerson("profileId"));
        if (command.role() != before) apply(act, new RoleAssigned(id, before, command.role()));
        return before;
    }

    @CommandHandler
    void handle(VerifyEmail command, @MetaDataValue("act") Act act) {
        var present = address().filter(text -> AddressBook.same(text, command.email()));
        if (present.isEmpty()) throw new CommandRefusedException(new NotPresentAddress());
        if (!verified) apply(act, new EmailVerified(id, Personal.of(present.get())));
    }

    /** Changes the address unless it is so already, and answers which it was before, if anybody can still read that. */
    Optional<String> change(ChangeEmail command, Act act) {
        admit(act);
        var before = address();
        var to = Personal.of(command.email().strip());
        if (!to.equals(email)) apply(act, new EmailChanged(id, email, to));
        if (command.isVerified() && !verified) apply(act, new EmailVerified(id, to));
        return before;
    }

    /** Erases unless it is so already, and answers the address, if anybody can still read it. */
    Optional<String> erase(Act act) {
        permit(act);
        if (erased) return Optional.empty();
        if (role == Role.ADMIN) throw new CommandRefusedException(new StillAdministrator());
        var before = address();
        apply(act, new ProfileErased(id));
        return before;
    }

    boolean isErased() {
        return erased;
    }

    private Optional<String> address() {
        return email == null ? Optional.empty() : email.value();
    }

    @EventSourcingHandler
    void on(ProfileEvent event, @Timestamp Instant at, @MetaDataValue("act") @Nullable Act act) {
        timeline.saw(isLive(), at, act);
        switch (event) {
            case ProfileRegistered e -> {
                id = e.profileId();
                displayName = e.displayName();
                email = e.email();
                role = e.role();
            }
            case DisplayNameChanged e -> displayName = e.to();
            case RoleAssigned e -> role = e.to();
            case ProfileDeactivated _ -> active = false;
            case ProfileReactivated _ -> active = true;
            case EmailChanged e -> {
                email = e.to();
                verified = false;
            }
            case EmailVerified _ -> verified = true;
            case ProfileErased _ -> {
                // nor may memory keep it
                displayName = Personal.erased();
                email = null;
                erased = true;
            }
        }
    }

    private static void apply(Act act, ProfileEvent event) {
        AggregateLifecycle.apply(event, MetaData.from(act.metadata()));
    }
}
