package dev.chronodesk.app.imports;

import dev.chronodesk.events.ticket.Priority;
import dev.chronodesk.events.ticket.Status;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One difference that one row brings.
 *
 * @param key names it within every import of this incident
 */
record Step(IncidentRow row, String key, Change change) {

    /** What the rows have said up to one of them. A group or an assignee that is missing there leaves the last one. */
    private record Said(@Nullable String group, @Nullable String assignee, Priority priority, Status status) {

        static final Said OF_A_NEW_TICKET = new Said(null, null, Priority.NORMAL, Status.NEW);

        Said and(IncidentRow row) {
            return new Said(
                    row.group() == null ? group : row.group(),
                    row.assignee() == null ? assignee : row.assignee(),
                    row.priority(),
                    row.status());
        }

        List<Change> changes(Said before) {
            var changes = new ArrayList<Change>();
            if (group != null && !group.equals(before.group)) changes.add(new Change.Team(group));
            if (assignee != null && !assignee.equals(before.assignee)) changes.add(new Change.Assignee(assignee));
            if (priority != before.priority) changes.add(new Change.Urgency(priority));
            if (status != before.status) changes.add(new Change.State(status));
            return changes;
        }
    }

    /**
     * The differences of each row from the one before, the first from a bare new ticket; within a row team, assignee,
     * priority, state.
     *
     * @param rows of one incident, in the order of its updates
     */
    static List<Step> of(List<IncidentRow> rows) {
        var steps = new ArrayList<Step>();
        var sameCount = new HashMap<Integer, Integer>();
        var stream = Names.ticket(rows.getFirst().number()).value();
        var said = Said.OF_A_NEW_TICKET;
        for (var row : rows) {
            var nth = sameCount.merge(row.update(), 1, Integer::sum);
            var update = row.update() + (nth == 1 ? "" : "." + nth);
            var now = said.and(row);
            for (var change : now.changes(said))
                steps.add(new Step(row, Names.key(stream, update + "/" + change.word()), change));
            said = now;
        }
        return steps;
    }

    /** The part of a step that goes by way of another status. */
    Step by(Status way) {
        return new Step(row, key + "/" + way, new Change.State(way));
    }

    /** Whether that is the key of a part of this step. */
    boolean leadsHere(String other) {
        return other.startsWith(key + "/");
    }
}
