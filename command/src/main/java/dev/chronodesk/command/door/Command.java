package dev.chronodesk.command.door;

import dev.chronodesk.events.StreamType;
import dev.chronodesk.events.profile.ProfileId;
import dev.chronodesk.events.team.TeamId;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One intention. Each kind of stream has a sealed interface of its own that extends this. */
public interface Command {

    /** The kind of stream that decides about it. */
    StreamType kind();

    /** The stream that decides about it; null while its id is left out. */
    @Nullable
    UUID target();

    /** Whether it begins that stream. */
    default boolean creates() {
        return false;
    }

    /** Whether the position of its first event is the number of what it makes. */
    default boolean numbers() {
        return false;
    }

    /** The same with every id that was left out, made now. */
    default Command identified(Supplier<UUID> ids) {
        return this;
    }

    /** Ids of what it makes, under the names that the reply's {@code result} has. */
    default Map<String, UUID> makes() {
        return Map.of();
    }

    /** The people beside the actor whose facts its decision needs. */
    default Set<ProfileId> people() {
        return Set.of();
    }

    /** The call of statistics whose answer its decision needs. */
    default Optional<String> figures() {
        return Optional.empty();
    }

    /** The teams whose facts its decision needs. */
    default Set<TeamId> teams() {
        return Set.of();
    }
}
