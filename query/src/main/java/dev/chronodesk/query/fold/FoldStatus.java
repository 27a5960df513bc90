package dev.chronodesk.query.fold;

import org.jspecify.annotations.Nullable;

/**
 * How far the read tables are.
 *
 * @param position that they stand at
 * @param head of the log
 * @param following whether this node folds; another one does otherwise
 * @param failure what stopped the fold on this node, or null; commands stay possible meanwhile
 */
public record FoldStatus(long position, long head, boolean following, @Nullable Failure failure) {

    /** How many events are not folded yet. */
    public long lag() {
        return Math.max(0, head - position);
    }

    /** The event that cannot be folded, and why. It is never skipped. */
    public record Failure(long position, String reason) {}
}
