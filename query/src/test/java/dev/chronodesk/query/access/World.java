package dev.chronodesk.query.access;

import dev.chronodesk.db.TestDatabase;
import dev.chronodesk.db.caller.Caller;
import dev.chronodesk.events.profile.ProfileId;
import dev.chronodesk.events.profile.Role;
import dev.chronodesk.events.schedule.ScheduleId;
import dev.chronodesk.events.team.TeamId;
import dev.chronodesk.events.team.TeamMemberAdded;
import dev.chronodesk.events.ticket.CommentId;
import dev.chronodesk.events.ticket.Status;
import dev.chronodesk.events.ticket.TicketId;
import dev.chronodesk.events.ticket.Visibility;
import dev.chronodesk.query.Desk;
import dev.chronodesk.query.Histories;
import java.time.Duration;
import java.util.List;

/** Two customers with a ticket each, and everybody who may or may not know of them. */
public final class World implements AutoCloseable {

    /** What stands in the internal note, to be looked for in answers. */
    public static final String SECRET = "do not tell Bob";

    private final TestDatabase database;
    private final Desk desk;
    private final Histories histories;

    public final ProfileId bob;
    public final ProfileId eve;
    /** Has Bob's ticket. */
    public final ProfileId ada;
    /** Answered Bob in public. */
    public final ProfileId ann;
    /** Wrote only the internal note on Bob's ticket. */
    public final ProfileId amy;
    /** An administrator. */
    public final ProfileId root;

    public final ProfileId auditor;
    public final ProfileId analyst;
    public final TeamId team;
    public final TicketId bobs;
    public final TicketId eves;
    public final CommentId said;
    public final CommentId note;
    public final CommentId toEve;
    public final ScheduleId schedule;
    /** Position of the internal note. */
    public final long notePosition;

    public World(TestDatabase database) {
        this.database = database;
        desk = new Desk(database, 1000).start();
        histories = new Histories(database.log());
        bob = histories.person("Bob", Role.CUSTOMER);
        eve = histories.person("Eve", Role.CUSTOMER);
        ada = histories.person("Ada", Role.AGENT);
        ann = histories.person("Ann", Role.AGENT);
        amy = histories.person("Amy", Role.AGENT);
        root = histories.person("Root", Role.ADMIN);
        auditor = histories.person("Auditor", Role.AUDITOR);
        analyst = histories.person("Analyst", Role.ANALYST);
        team = histories.team("First");
        histories.append(new TeamMemberAdded(team, ada));
        bobs = histories.by(bob).ticket(bob, "Printer on fire");
        eves = histories.by(eve).ticket(eve, "Monitor too dark");
        histories.later(Duration.ofMinutes(5)).by(ada).assign(bobs, null, ada);
        note = histories.by(amy).later(Duration.ofMinutes(5)).comment(bobs, amy, SECRET, Visibility.INTERNAL);
        notePosition = database.log().head().position();
        said = histories.by(ann).later(Duration.ofMinutes(5)).comment(bobs, ann, "Use water", Visibility.PUBLIC);
        toEve = histories.by(amy).comment(eves, amy, "Open a window", Visibility.PUBLIC);
        histories.by(ada).later(Duration.ofMinutes(5)).move(bobs, Status.NEW, Status.OPEN);
        schedule = histories.by(root).schedule(null, "Europe/Berlin", List.of("monday 09:00-17:00"), "2026-12-25");
        desk.caughtUp();
    }

    public Desk desk() {
        return desk;
    }

    public Histories histories() {
        return histories;
    }

    /** Somebody of that role; a customer is Bob. */
    public Caller.Known caller(Role role) {
        var id =
                switch (role) {
                    case CUSTOMER -> bob;
                    case AGENT -> ada;
                    case ADMIN -> root;
                    case AUDITOR -> auditor;
                    case ANALYST -> analyst;
                    case SERVICE -> new ProfileId(new java.util.UUID(0, 42));
                };
        return new Caller.Known(id.value(), role);
    }

    @Override
    public void close() {
        desk.close();
        database.close();
    }
}
