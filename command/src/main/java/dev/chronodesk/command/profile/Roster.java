package dev.chronodesk.command.profile;

import dev.chronodesk.command.authorization.Act;
import dev.chronodesk.command.door.CommandRefusedException;
import dev.chronodesk.command.profile.ProfileRejection.LastAdministrator;
import dev.chronodesk.events.profile.ProfileId;
import dev.chronodesk.events.roster.AdministratorAdded;
import dev.chronodesk.events.roster.AdministratorRemoved;
import dev.chronodesk.events.roster.RosterEvent;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import org.axonframework.eventsourcing.EventSourcingHandler;
import org.axonframework.messaging.MetaData;
import org.axonframework.modelling.command.AggregateIdentifier;
import org.axonframework.modelling.command.AggregateLifecycle;
import org.axonframework.modelling.command.AggregateRoot;

/**
 * Knows who the administrators are, so that one is always left. There is one, and its events stand in the append that
 * assigns the role: of two administrators who remove each other at once, one conflicts and decides again.
 */
@AggregateRoot
@SuppressWarnings("NullAway.Init") // the first event sets what is never null
final class Roster {

    @AggregateIdentifier
    @SuppressWarnings("UnusedVariable") // Axon reads it
    private UUID id;

    private final Set<ProfileId> administrators = new HashSet<>();

    Roster() {}

    void add(ProfileId person, Act act) {
        if (administrators.contains(person)) return;
        AggregateLifecycle.apply(new AdministratorAdded(person), MetaData.from(act.metadata()));
    }

    void remove(ProfileId person, Act act) {
        if (!administrators.contains(person)) return;
        if (administrators.size() == 1) throw new CommandRefusedException(new LastAdministrator());
        AggregateLifecycle.apply(new AdministratorRemoved(person), MetaData.from(act.metadata()));
    }

    @EventSourcingHandler
    void on(RosterEvent event) {
        id = event.streamId();
        switch (event) {
            case AdministratorAdded e -> administrators.add(e.profileId());
            case AdministratorRemoved e -> administrators.remove(e.profileId());
        }
    }
}
