package dev.chronodesk.command.profile;

import dev.chronodesk.command.authorization.Act;
import dev.chronodesk.command.door.CommandRefusedException;
import dev.chronodesk.command.profile.ProfileRejection.AddressTaken;
import dev.chronodesk.events.address.AddressClaimed;
import dev.chronodesk.events.address.AddressEvent;
import dev.chronodesk.events.address.AddressId;
import dev.chronodesk.events.address.AddressReleased;
import dev.chronodesk.events.profile.ProfileId;
import java.util.function.Predicate;
import org.axonframework.eventsourcing.EventSourcingHandler;
import org.axonframework.messaging.MetaData;
import org.axonframework.modelling.command.AggregateIdentifier;
import org.axonframework.modelling.command.AggregateLifecycle;
import org.axonframework.modelling.command.AggregateRoot;
import org.jspecify.annotations.Nullable;

/**
 * Decides whose one e-mail address is: claimed, released, claimed again. Its events stand in the append of the command
 * that wants the address, so the log decides who was first.
 */
@AggregateRoot
@SuppressWarnings("NullAway.Init") // the first event sets what is never null
final class EmailAddress {

    @AggregateIdentifier
    private AddressId id;

    private @Nullable ProfileId owner;

    EmailAddress() {}

    /** @param erased who was erased keeps no address, also when the key was gone before and nobody could name it */
    void claim(AddressId address, ProfileId person, Predicate<ProfileId> erased, Act act) {
        if (person.equals(owner)) return;
        if (owner != null) {
            if (!erased.test(owner)) throw new CommandRefusedException(new AddressTaken());
            release(owner, act);
        }
        AggregateLifecycle.apply(new AddressClaimed(address, person), MetaData.from(act.metadata()));
    }

    /** Frees the address, if it is that person's. */
    void release(ProfileId person, Act act) {
        if (person.equals(owner))
            AggregateLifecycle.apply(new AddressReleased(id, person), MetaData.from(act.metadata()));
    }

    @EventSourcingHandler
    void on(AddressEvent event) {
        switch (event) {
            case AddressClaimed e -> {
                id = e.addressId();
                owner = e.profileId();
            }
            case AddressReleased e -> {
                id = e.addressId();
                owner = null;
            }
        }
    }
}
