package dev.chronodesk.command.team;

import static org.axonframework.modelling.command.AggregateLifecycle.getVersion;
import static org.axonframework.modelling.command.AggregateLifecycle.isLive;

import dev.chronodesk.command.authorization.Act;
import dev.chronodesk.command.authorization.Facts;
import dev.chronodesk.command.authorization.Timeline;
import dev.chronodesk.events.profile.ProfileId;
import dev.chronodesk.events.team.TeamCreated;
import dev.chronodesk.events.team.TeamEvent;
import dev.chronodesk.events.team.TeamId;
import dev.chronodesk.events.team.TeamMemberAdded;
import java.time.Instant;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
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

/** Decides who belongs to one team. */
@AggregateRoot
@SuppressWarnings("NullAway.Init") // the first event sets what is never null
final class Team {

    @AggregateIdentifier
    private TeamId id;

    private final Set<ProfileId> members = new HashSet<>();
    private final Timeline timeline = new Timeline();

    Team() {}

    @CommandHandler
    Team(CreateTeam command, @MetaDataValue("act") Act act) {
        var teamId = Objects.requireNonNull(command.teamId(), "made at the door");
        Timeline.begin(act, teamId.value());
        apply(act, new TeamCreated(teamId, command.name()));
    }

    @CommandHandlerInterceptor
    void admit(@MetaDataValue("act") Act act) {
        timeline.admit(act, id.value(), getVersion());
    }

    @CommandHandler
    void handle(AddTeamMember command, @MetaDataValue("act") Act act, @MetaDataValue("facts") Facts facts) {
        if (members.contains(command.profileId())) return;
        facts.active(command.profileId(), "profileId");
        apply(act, new TeamMemberAdded(id, command.profileId()));
    }

    @EventSourcingHandler
    void on(TeamEvent event, @Timestamp Instant at, @MetaDataValue("act") @Nullable Act act) {
        timeline.saw(isLive(), at, act);
        switch (event) {
            case TeamCreated e -> id = e.teamId();
            case TeamMemberAdded e -> members.add(e.profileId());
        }
    }

    private static void apply(Act act, TeamEvent event) {
        AggregateLifecycle.apply(event, MetaData.from(act.metadata()));
    }
}
