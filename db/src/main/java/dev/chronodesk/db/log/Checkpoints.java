package dev.chronodesk.db.log;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.UUID;

/**
 * How far followers of the log are. A follower saves its checkpoint in the transaction of what it made of the events,
 * as the last thing in it; so both are there or neither. Each login sees and moves the checkpoints of its own
 * followers.
 */
public final class Checkpoints {

    private Checkpoints() {}

    /**
     * The last position that the follower has done; 0 for a new one.
     *
     * @throws HistoryChangedException when the log has another event there than the one that was followed, or is of
     *     another incarnation
     */
    public static long load(String follower, Connection connection) throws SQLException {
        try (var select = connection.prepareStatement(
                """
                select
                    c.position,
                    c.position = 0 or exists (
                        select from log.event e where e.position = c.position and e.event_id = c.event_id
                    ) as same_event,
                    c.incarnation = (select i.id from log.incarnation i order by i.number desc limit 1) as same_log
                from log.checkpoint c
                where c.follower = ?
                """)) {
            select.setString(1, follower);
            try (var row = select.executeQuery()) {
                if (!row.next()) return 0;
                var position = row.getLong("position");
                if (!row.getBoolean("same_event"))
                    throw new HistoryChangedException("the follower " + follower + " has done position " + position
                            + ", and the log has another event there, or none");
                if (!row.getBoolean("same_log"))
                    throw new HistoryChangedException(
                            "the follower " + follower + " has followed another incarnation of the log");
                return position;
            }
        }
    }

    /**
     * Says that the follower has done everything up to {@code position}, in the connection's transaction.
     *
     * @param eventId of the event there
     * @throws HistoryChangedException when that is not the log's event there
     * @throws IllegalStateException when the follower is there already or further: somebody else follows by that name
     */
    public static void save(String follower, long position, UUID eventId, Connection connection) throws SQLException {
        try (var update = connection.prepareStatement(
                """
                insert into log.checkpoint (follower, position, event_id, incarnation)
                select ?, e.position, e.event_id, (select i.id from log.incarnation i order by i.number desc limit 1)
                from log.event e
                where e.position = ? and e.event_id = ?
                on conflict (follower) do update
                set position = excluded.position, event_id = excluded.event_id, incarnation = excluded.incarnation,
                    saved_at = excluded.saved_at
                where checkpoint.position < excluded.position
                """)) {
            update.setString(1, follower);
            update.setLong(2, position);
            update.setObject(3, eventId);
            if (update.executeUpdate() == 1) return;
        }
        if (!isThere(position, eventId, connection))
            throw new HistoryChangedException("the log has another event at position " + position + ", or none");
        throw new IllegalStateException("the follower " + follower + " has done position " + position + " already");
    }

    /** Forgets the follower, so that it begins anew; for whoever drops in the same transaction what it had made. */
    public static void reset(String follower, Connection connection) throws SQLException {
        try (var delete = connection.prepareStatement("delete from log.checkpoint where follower = ?")) {
            delete.setString(1, follower);
            delete.executeUpdate();
        }
    }

    private static boolean isThere(long position, UUID eventId, Connection connection) throws SQLException {
        try (var select = connection.prepareStatement(
                "select exists (select from log.event where position = ? and event_id = ?) as there")) {
            select.setLong(1, position);
            select.setObject(2, eventId);
            try (var row = select.executeQuery()) {
                row.next();
                return row.getBoolean("there");
            }
        }
    }
}
