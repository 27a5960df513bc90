package dev.chronodesk.app.imports;

import dev.chronodesk.events.Uuids;
import dev.chronodesk.events.profile.ProfileId;
import dev.chronodesk.events.team.TeamId;
import dev.chronodesk.events.ticket.TicketId;
import java.util.UUID;

/**
 * Ids and keys that follow from the source and what it calls a thing, so that a second import finds what the first one
 * made. They must never change: they are in people's logs.
 */
final class Names {

    /** {@code servicenow} in a namespace of the project's own. */
    private static final UUID SOURCE =
            Uuids.v5(UUID.fromString("6ba7b811-9dad-11d1-80b4-00c04fd430c8"), "chronodesk:import:servicenow");

    private Names() {}

    static TicketId ticket(String number) {
        return new TicketId(Uuids.v5(SOURCE, "incident:" + number));
    }

    /**
     * A person is who the export calls so, with its prefix and spacing: {@code Caller 12} is not {@code Resolver 12}.
     */
    static ProfileId person(String name) {
        return new ProfileId(Uuids.v5(SOURCE, "person:" + name));
    }

    static TeamId team(String group) {
        return new TeamId(Uuids.v5(SOURCE, "group:" + group));
    }

    static String key(UUID stream, String what) {
        return "servicenow/" + stream + "/" + what;
    }
}
