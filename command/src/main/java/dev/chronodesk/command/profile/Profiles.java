package dev.chronodesk.command.profile;

import dev.chronodesk.command.authorization.Act;
import dev.chronodesk.command.decision.Aggregates;
import dev.chronodesk.events.StreamType;
import dev.chronodesk.events.profile.Role;
import dev.chronodesk.events.roster.RosterEvent;
import java.util.Objects;
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
        var address = book.id(command.email());
        var person = Objects.requireNonNull(command.profileId(), "made at the door");
        addresses
                .loadOrCreate(address.toString(), EmailAddress::new)
                .execute(email -> email.claim(address, person, act));
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
