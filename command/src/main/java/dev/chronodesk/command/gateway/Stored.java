package dev.chronodesk.command.gateway;

import dev.chronodesk.command.decision.Change;
import dev.chronodesk.command.door.Command;
import dev.chronodesk.command.door.Outcome;
import dev.chronodesk.command.door.Outcome.StreamVersion;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.ToIntFunction;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The outcome as a receipt keeps it: ids and counts only. The first answer is made from the same bytes as every
 * retry's, so that they are equal.
 *
 * @param all one for each command of the append, in order
 */
record Stored(List<One> all) {

    /**
     * One command's part.
     *
     * @param from how many events of the append come before its own
     * @param until how many there were after it; the same when it changed nothing
     */
    record One(
            String command,
            List<StreamVersion> streams,
            Map<String, UUID> result,
            int from,
            int until,
            boolean numbered) {}

    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .build();

    /**
     * What the commands did.
     *
     * @param changes the events of all of them with the version after each
     * @param until how many events there were after each command
     * @param version the version of a stream that nothing was appended to
     */
    static Stored of(List<Command> commands, List<Change> changes, List<Integer> until, ToIntFunction<UUID> version) {
        var versions = new TreeMap<UUID, StreamVersion>();
        var all = new ArrayList<One>();
        var from = 0;
        for (var i = 0; i < commands.size(); i++) {
            var command = commands.get(i);
            var own = new LinkedHashMap<UUID, StreamVersion>();
            for (var change : changes.subList(from, until.get(i))) {
                var stream = change.event().streamId();
                var now = new StreamVersion(change.event().streamType(), stream, change.version());
                own.put(stream, now);
                versions.put(stream, now);
            }
            if (own.isEmpty()) {
                var target = Objects.requireNonNull(command.target(), "identified at the door");
                var known = versions.get(target);
                own.put(
                        target,
                        known != null ? known : new StreamVersion(command.kind(), target, version.applyAsInt(target)));
            }
            all.add(new One(
                    command.getClass().getSimpleName(),
                    List.copyOf(own.values()),
                    command.makes(),
                    from,
                    until.get(i),
                    command.numbers()));
            from = until.get(i);
        }
        return new Stored(all);
    }

    byte[] bytes() {
        return JSON.writeValueAsBytes(this);
    }

    static Stored of(byte[] bytes) {
        return JSON.readValue(bytes, Stored.class);
    }

    /** The answers, once the positions are known. */
    List<Outcome> outcomes(List<String> keys, long first, long last, boolean replayed) {
        var outcomes = new ArrayList<Outcome>();
        for (var i = 0; i < all.size(); i++) {
            var one = all.get(i);
            var unchanged = one.from() == one.until();
            var result = new LinkedHashMap<String, Object>(one.result());
            if (one.numbered() && !unchanged) result.put("number", first + one.from());
            outcomes.add(new Outcome(
                    one.command(),
                    keys.get(i),
                    unchanged ? last : first + one.until() - 1,
                    one.streams(),
                    result,
                    unchanged,
                    replayed));
        }
        return outcomes;
    }
}
