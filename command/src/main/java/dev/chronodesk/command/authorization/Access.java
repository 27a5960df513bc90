package dev.chronodesk.command.authorization;

import dev.chronodesk.events.profile.Role;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Who may send what, as the table in {@code access.md} says. The same table is published and drives the tests. A role
 * that may send a command to no stream at all is refused here, before anything is read; what depends on whose stream it
 * is stands in the aggregates.
 */
public final class Access {

    /**
     * One line of the table.
     *
     * @param command its name
     * @param detail what distinguishes this line from others of the command, or empty
     * @param of whose stream: {@code own}, {@code team} or {@code other}
     * @param answers what each role gets: {@code yes}, or the status of the refusal, or {@code –} where it cannot occur
     */
    public record Rule(String command, String detail, String of, Map<Role, String> answers) {

        public Rule {
            answers = Map.copyOf(answers);
        }
    }

    private static final String TABLE = "/dev/chronodesk/command/access.md";

    private final List<Rule> rules;
    private final Map<String, Set<Role>> senders = new HashMap<>();

    private Access(List<Rule> rules) {
        this.rules = List.copyOf(rules);
        for (var rule : rules)
            rule.answers().forEach((role, answer) -> {
                if (answer.equals("yes"))
                    senders.computeIfAbsent(rule.command(), unseen -> EnumSet.noneOf(Role.class))
                            .add(role);
            });
    }

    /** The table of {@code docs/access.md}, which the build puts beside this class. */
    public static Access load() {
        try (var in = Objects.requireNonNull(Access.class.getResourceAsStream(TABLE), TABLE)) {
            return parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Access parse(String markdown) {
        // the first table; the document has others, for readers
        var lines = markdown.lines()
                .dropWhile(line -> !line.startsWith("|"))
                .takeWhile(line -> line.startsWith("|"))
                .map(Access::cells)
                .toList();
        if (lines.size() < 3) throw new IllegalArgumentException("a table has a head, a ruler and lines");
        var head = lines.getFirst();
        var rules = new ArrayList<Rule>();
        for (var line : lines.subList(2, lines.size())) {
            if (line.size() != head.size()) throw new IllegalArgumentException("a line of another width: " + line);
            var answers = new EnumMap<Role, String>(Role.class);
            for (var i = 3; i < head.size(); i++) answers.put(Role.of(head.get(i)), answer(line.get(i)));
            rules.add(new Rule(line.get(0), line.get(1), line.get(2), answers));
        }
        return new Access(rules);
    }

    private static List<String> cells(String line) {
        var cells = line.strip().split("\\|", -1);
        return List.of(cells).subList(1, cells.length - 1).stream()
                .map(cell -> cell.strip().replace("`", ""))
                .collect(Collectors.toList());
    }

    private static String answer(String cell) {
        if (!Set.of("yes", "403", "404", "422", "–").contains(cell))
            throw new IllegalArgumentException(cell + " is no answer");
        return cell;
    }

    /** Every line, in the table's order. */
    public List<Rule> rules() {
        return rules;
    }

    /** Whether the role may send the command to any stream. */
    public boolean may(Role role, String command) {
        return senders.getOrDefault(command, Set.of()).contains(role);
    }

    /** The commands that the table speaks of. */
    public Set<String> commands() {
        return rules.stream().map(Rule::command).collect(Collectors.toUnmodifiableSet());
    }
}
