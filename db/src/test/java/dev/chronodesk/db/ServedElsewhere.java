package dev.chronodesk.db;

import dev.chronodesk.db.log.Append;
import dev.chronodesk.db.log.NewEvent;
import dev.chronodesk.db.log.PostgresEventLog;
import dev.chronodesk.events.Metadata;
import dev.chronodesk.events.codec.EventCodec;
import dev.chronodesk.events.profile.Role;
import dev.chronodesk.events.team.TeamCreated;
import dev.chronodesk.events.team.TeamId;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;

/** A process of its own that serves a directory until it is killed. */
final class ServedElsewhere {

    static final String READY = "everything is acknowledged";
    static final int EVENTS = 20;

    private ServedElsewhere() {}

    public static void main(String[] arguments) throws InterruptedException {
        var database = Database.open(DatabaseSettings.embedded(Path.of(arguments[0])));
        var log = new PostgresEventLog(database.write(), new EventCodec());
        var nobody = new UUID(1, 1);
        for (var i = 0; i < EVENTS; i++) {
            var event = new TeamCreated(new TeamId(UUID.randomUUID()), "Team " + i);
            var metadata = new Metadata(nobody, Role.ADMIN, nobody, false, "CreateTeam", "key " + i, null);
            log.append(new Append(List.of(new NewEvent(0, UUID.randomUUID(), null, event, metadata)), null));
        }
        System.out.println(READY);
        Thread.sleep(Long.MAX_VALUE);
    }
}
