package dev.chronodesk.query.fold;

import org.jspecify.annotations.Nullable;

/**
 * How far the read tables are.
 *
 * @param position that they stand at
 * @param head of the log
 * @param following whether this node folds; another one does otherwise
 * @param failure what stopped the fold on this node, or null; commands stay possible meanwhile
 * @param building the new tables that this node builds beside the ones that are read, or null
 */
public record FoldStatus(
        long position, long head, boolean following, @Nullable Failure failure, @Nullable Building building) {

    /** How many events are not folded yet. */
    public long lag() {
        return Math.max(0, head - position);
    }

    /** The event that cannot be folded, and why. It is never skipped. */
    public record Failure(long position, String reason) {}

    /**
     * New tables on their way to the head.
     *
     * @param position that they have reached
     * @param head that they go to
     * @param rate events a second since this node began
     */
    public record Building(long position, long head, long rate) {}
}
