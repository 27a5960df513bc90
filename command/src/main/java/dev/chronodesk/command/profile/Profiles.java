package dev.chronodesk.command.profile;

import dev.chronodesk.command.authorization.Act;
import dev.chronodesk.command.decision.Aggregates;
import dev.chronodesk.events.StreamType;
import dev.chronodesk.events.profile.ProfileId;
import dev.chronodesk.events.profile.Role;
import dev.chronodesk.events.roster.RosterEvent;
import java.util.Objects;
import java.util.Optional;
import org.axonframework.commandhandling.CommandHandler;
import org.axonframework.messaging.annotation.MetaDataValue;
import org.axonframework.modelling.command.Repository;

/** Decides what concerns a profile and another stream at once, in one append. */
public final class Profiles {

    private final Repository<Profile> profiles;
    private final Repository<EmailAddress> addresses;
    private final Repository<Roster> rosters;
    private final AddressBook book;

    private Profiles(Aggregates aggregates, AddressBook book) {
        profiles = aggregates.deciding(StreamType.PROFILE, Profile.class, Profile::new);
        addresses = aggregates.beside(StreamType.ADDRESS, EmailAddress.class, EmailAddress::new);
        rosters = aggregates.beside(StreamType.ROSTER, Roster.class, Roster::new);
        this.book = book;
    }

    /** Lets profiles decide. */
    public static void join(Aggregates aggregates, AddressBook book) {
        aggregates.handler(new Profiles(aggregates, book));
    }

    @CommandHandler
    void handle(RegisterProfile command, @MetaDataValue("act") Act act) throws Exception {
        profiles.newInstance(() -> new Profile(command, act));
        if (command.email() == null) return;
        claim(command.email(), Objects.requireNonNull(command.profileId(), "made at the door"), act);
    }

    @CommandHandler
    void handle(ChangeEmail command, @MetaDataValue("act") Act act) throws Exception {
        var before = profiles.load(command.profileId().toString()).invoke(profile -> profile.change(command, act));
        if (before.isPresent() && AddressBook.same(before.get(), command.email())) return;
        release(before, command.profileId(), act);
        claim(command.email(), command.profileId(), act);
    }

    @CommandHandler
    void handle(ErasePerson command, @MetaDataValue("act") Act act) throws Exception {
        var before = profiles.load(command.profileId().toString()).invoke(profile -> profile.erase(act));
        release(before, command.profileId(), act);
    }

    private void claim(String email, ProfileId person, Act act) throws Exception {
        var id = book.id(email);
        addresses
                .loadOrCreate(id.toString(), EmailAddress::new)
                .execute(address -> address.claim(id, person, this::isErased, act));
    }

    private void release(Optional<String> email, ProfileId person, Act act) {
        // who has an address has claimed it
        email.ifPresent(
                text -> addresses.load(book.id(text).toString()).execute(address -> address.release(person, act)));
    }

    private boolean isErased(ProfileId person) {
        return profiles.load(person.toString()).invoke(Profile::isErased);
    }

    @CommandHandler
    void handle(AssignRole command, @MetaDataValue("act") Act act) throws Exception {
        var before = profiles.load(command.profileId().toString()).invoke(profile -> profile.assign(command, act));
        if (before == command.role() || (before != Role.ADMIN && command.role() != Role.ADMIN)) return;
        rosters.loadOrCreate(RosterEvent.STREAM.toString(), Roster::new).execute(roster -> {
            if (command.role() == Role.ADMIN) roster.add(command.profileId(), act);
            else roster.remove(command.profileId(), act);
        });
    }
}
