package dev.chronodesk.query.rest;

import dev.chronodesk.db.caller.Caller;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Changes things for clients of {@code /rest/v1}. The read side knows only what can be called, and which rows it was
 * about afterwards; how it is done is a matter of whoever assembles the service.
 */
public interface Writes {

    /** Nothing can be changed. */
    Writes NONE = new Writes() {
        @Override
        public Map<String, List<String>> functions() {
            return Map.of();
        }

        @Override
        public ObjectNode schema(String function) {
            throw new IllegalStateException("nothing can be changed");
        }

        @Override
        public Optional<Target> target(String view) {
            return Optional.empty();
        }

        @Override
        public Limits limits() {
            return new Limits(0, 0);
        }

        @Override
        public void changeable(String view, Set<String> columns) {
            throw new IllegalStateException("nothing can be changed");
        }

        @Override
        public Written write(List<Change> changes, Caller.Known sender, HttpServletRequest request, boolean dryRun) {
            throw new IllegalStateException("nothing can be changed");
        }
    };

    /** One thing to do. */
    sealed interface Change permits Call, Insert, Update {}

    /** A function called with arguments by name. */
    record Call(String function, ObjectNode arguments) implements Change {}

    /** A new row, as it was sent. */
    record Insert(String view, ObjectNode row) implements Change {}

    /**
     * Other values for columns of a row that is there.
     *
     * @param key which one
     * @param values by column; none when it is about the row and nothing is to change
     */
    record Update(String view, Map<String, String> key, ObjectNode values) implements Change {}

    /**
     * A view whose rows can be made or changed.
     *
     * @param key the columns that name a row; the first of them does so alone
     * @param made the columns that may be said of a new row
     * @param changed the columns that may get another value; none when rows stay as they are
     */
    record Target(List<String> key, List<String> made, List<String> changed) {
        public Target {
            key = List.copyOf(key);
            made = List.copyOf(made);
            changed = List.copyOf(changed);
        }

        Set<String> methods() {
            return changed.isEmpty() ? Set.of("POST") : Set.of("POST", "PATCH");
        }
    }

    /**
     * How much one request may do.
     *
     * @param bytes of its body
     * @param rows that it makes or changes
     */
    record Limits(int bytes, int rows) {}

    /**
     * What was done.
     *
     * @param view where it can be seen
     * @param keys of the rows that it was about, in order, by column
     * @param position from which on it can be seen
     * @param replayed whether this was done before, under the same key
     * @param version of the one stream that it was about, or null when there were more
     */
    record Written(
            String view, List<Map<String, String>> keys, long position, boolean replayed, @Nullable Integer version) {
        public Written {
            keys = List.copyOf(keys);
        }
    }

    /** What can be called, with the names of the arguments in order. */
    Map<String, List<String>> functions();

    /** A function's arguments: the JSON schema of an object, with a description of each property. */
    ObjectNode schema(String function);

    /** What can be done with a view's rows; empty when they can be read only. */
    Optional<Target> target(String view);

    Limits limits();

    /**
     * Whether there is a command for each of these columns, which no row decides.
     *
     * @throws RestException naming those without one
     */
    void changeable(String view, Set<String> columns);

    /**
     * Does all of it or nothing.
     *
     * @param changes at least one that changes something; one call, or inserts and updates of one view
     * @param request whose headers say under which key, and on which version
     * @param dryRun say what would be refused, and do nothing
     * @throws RestException when it was refused
     */
    Written write(List<Change> changes, Caller.Known sender, HttpServletRequest request, boolean dryRun);
}
