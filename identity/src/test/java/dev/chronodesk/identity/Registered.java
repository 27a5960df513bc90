package dev.chronodesk.identity;

import dev.chronodesk.db.TestDatabase;
import dev.chronodesk.db.log.Append;
import dev.chronodesk.db.log.Appended;
import dev.chronodesk.db.log.EventLog;
import dev.chronodesk.db.log.NewEvent;
import dev.chronodesk.events.Event;
import dev.chronodesk.events.Metadata;
import dev.chronodesk.events.Personal;
import dev.chronodesk.events.Uuids;
import dev.chronodesk.events.profile.ProfileId;
import dev.chronodesk.events.profile.ProfileRegistered;
import dev.chronodesk.events.profile.Role;
import dev.chronodesk.events.profile.RoleAssigned;
import dev.chronodesk.identity.principal.PrincipalFollower;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Events about people, appended to the log as a command would. */
public final class Registered {

    private Registered() {}

    public static UUID id() {
        return Uuids.v7(Instant.now(), new SecureRandom());
    }

    /** A customer whom the log knows, with an account that nobody can sign in to. */
    public static UUID account(TestDatabase database) {
        var id = id();
        var identity = database.database().identity();
        append(database.log(), registered(id, Role.CUSTOMER));
        new PrincipalFollower(database.log(), database.codec(), identity, database.keys()::erase).catchUp();
        JdbcClient.create(identity)
                .sql("insert into identity.account (id, email, state, password_hash) values (?, ?, 'active', 'none')")
                .param(id)
                .param(id + "@example.org")
                .update();
        return id;
    }

    public static ProfileRegistered registered(UUID person, Role role) {
        return new ProfileRegistered(new ProfileId(person), Personal.of("Ada"), null, role);
    }

    public static RoleAssigned assigned(UUID person, Role from, Role to) {
        return new RoleAssigned(new ProfileId(person), from, to);
    }

    public static Appended append(EventLog log, Event... events) {
        var written = new ArrayList<NewEvent>();
        for (var event : events) {
            var before = (int) written.stream()
                    .filter(other -> other.event().streamId().equals(event.streamId()))
                    .count();
            written.add(new NewEvent(
                    log.version(event.streamId()) + before,
                    id(),
                    null,
                    event,
                    new Metadata(event.streamId(), Role.ADMIN, event.streamId(), false, "Test", "k", null)));
        }
        return log.append(new Append(List.copyOf(written), null));
    }
}
