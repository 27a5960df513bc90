package dev.chronodesk.command.gateway;

import dev.chronodesk.command.door.Command;
import dev.chronodesk.command.metric.MetricCommand;
import dev.chronodesk.command.profile.ProfileCommand;
import dev.chronodesk.command.report.ReportCommand;
import dev.chronodesk.command.schedule.ScheduleCommand;
import dev.chronodesk.command.team.TeamCommand;
import dev.chronodesk.command.ticket.TicketCommand;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Every command that exists, by its name. The sealed interfaces are the table of contents. */
public final class Catalogue {

    /** The kinds of streams that commands are sent to, in the order in which people meet them. */
    public static final List<Class<? extends Command>> KINDS = List.of(
            TicketCommand.class,
            TeamCommand.class,
            ProfileCommand.class,
            ScheduleCommand.class,
            MetricCommand.class,
            ReportCommand.class);

    private final Map<String, Class<? extends Command>> byName = new TreeMap<>();

    public Catalogue() {
        for (var kind : KINDS) of(kind).forEach(command -> byName.put(command.getSimpleName(), command));
    }

    /** The commands of one kind, in the order of its {@code permits}. */
    public static Stream<Class<? extends Command>> of(Class<? extends Command> kind) {
        return Stream.<Class<?>>of(Objects.requireNonNull(kind.getPermittedSubclasses()))
                .map(type -> type.asSubclass(Command.class));
    }

    /** The command of that name. */
    public Optional<Class<? extends Command>> find(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    /** All of them, by name. */
    public Map<String, Class<? extends Command>> all() {
        return Map.copyOf(byName);
    }
}
