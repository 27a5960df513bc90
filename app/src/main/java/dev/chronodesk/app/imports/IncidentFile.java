package dev.chronodesk.app.imports;

import dev.chronodesk.events.ticket.Priority;
import dev.chronodesk.events.ticket.Status;
import java.io.IOException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.ResolverStyle;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.jspecify.annotations.Nullable;

/**
 * An export of ServiceNow's incidents: comma-separated, one row per update. Read as a whole before anything is sent,
 * because the rows of an incident need not stand together or in order.
 *
 * @param rows how many there are below the header, blank lines not counted
 * @param incidents the usable rows of each incident in the order of their updates; incidents in the order of the file
 * @param rejected rows that cannot be used
 */
record IncidentFile(int rows, List<List<IncidentRow>> incidents, List<Remark> rejected) {

    /** Times have no zone in the export; they are taken as UTC. */
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("dd-MM-uuuu HH:mm", Locale.ROOT).withResolverStyle(ResolverStyle.STRICT);

    private static final String MISSING = "?";

    /** A quoted field may hold line breaks, but one forgotten quote must not swallow the rest of the file. */
    private static final int LINES_OF_A_ROW = 200;

    private static final Map<String, Status> STATES = Map.of(
            "New", Status.NEW,
            "Active", Status.OPEN,
            "Awaiting User Info", Status.PENDING,
            "Awaiting Problem", Status.ON_HOLD,
            "Awaiting Vendor", Status.ON_HOLD,
            "Awaiting Evidence", Status.ON_HOLD,
            "Resolved", Status.SOLVED,
            "Closed", Status.CLOSED);

    private static final Map<Character, Priority> PRIORITIES =
            Map.of('1', Priority.URGENT, '2', Priority.HIGH, '3', Priority.NORMAL, '4', Priority.LOW);

    private enum Column {
        NUMBER,
        INCIDENT_STATE,
        SYS_MOD_COUNT,
        CALLER_ID,
        OPENED_BY,
        OPENED_AT,
        SYS_UPDATED_BY,
        SYS_UPDATED_AT,
        CATEGORY,
        SUBCATEGORY,
        U_SYMPTOM,
        PRIORITY,
        ASSIGNMENT_GROUP,
        ASSIGNED_TO;

        private final String title = name().toLowerCase(Locale.ROOT);
    }

    /** A row that cannot be used, and why. */
    private static final class Malformed extends Exception {
        private static final long serialVersionUID = 1L;

        Malformed(String reason) {
            super(reason, null, false, false);
        }

        String reason() {
            return Objects.requireNonNull(getMessage());
        }
    }

    /** The titles of the first line: how many columns there are, and where ours stand. */
    private record Header(int columns, Map<Column, Integer> places) {

        static Header of(@Nullable String line) {
            var titles = line == null ? null : fields(line.startsWith("\uFEFF") ? line.substring(1) : line);
            if (titles == null)
                throw new UnreadableFileException("the first line is not a line of column titles", null);
            var places = new LinkedHashMap<Column, Integer>();
            var missing = new ArrayList<String>();
            for (var column : Column.values()) {
                var place = titles.indexOf(column.title);
                if (place < 0) missing.add(column.title);
                else places.put(column, place);
            }
            if (!missing.isEmpty())
                throw new UnreadableFileException(
                        "the first line lacks the columns " + String.join(", ", missing), null);
            return new Header(titles.size(), places);
        }
    }

    /**
     * Reads a file, packed with gzip or not.
     *
     * @throws UnreadableFileException when it cannot be read or does not have the columns
     */
    static IncidentFile read(Path file) {
        List<@Nullable String> lines;
        try {
            lines = Lines.of(file);
        } catch (IOException e) {
            throw new UnreadableFileException(file + " cannot be read: " + e.getMessage(), e);
        }
        if (lines.isEmpty()) throw new UnreadableFileException(file + " is empty", null);
        return read(lines);
    }

    private static IncidentFile read(List<@Nullable String> lines) {
        var header = Header.of(lines.getFirst());
        var incidents = new LinkedHashMap<String, List<IncidentRow>>();
        var rejected = new ArrayList<Remark>();
        var rows = 0;
        for (var at = 1; at < lines.size(); ) {
            var line = lines.get(at);
            if (line != null && line.isBlank()) {
                at++;
                continue;
            }
            rows++;
            var length = lengthOfRow(lines, at, header.columns());
            try {
                var row = row(lines.subList(at, at + length), at + 1L, header);
                incidents
                        .computeIfAbsent(row.number(), unseen -> new ArrayList<>())
                        .add(row);
            } catch (Malformed e) {
                rejected.add(new Remark(at + 1L, Remark.Kind.REJECTED, e.reason()));
            }
            at += length;
        }
        // a stable sort: updates of the same count stay as the file has them
        incidents.values().forEach(updates -> updates.sort(Comparator.comparingInt(IncidentRow::update)));
        return new IncidentFile(rows, List.copyOf(incidents.values()), rejected);
    }

    /** One line, or as many as make a whole row of it; one again when nothing does. */
    private static int lengthOfRow(List<@Nullable String> lines, int at, int columns) {
        var text = new StringBuilder();
        for (var length = 1; length <= LINES_OF_A_ROW && at + length <= lines.size(); length++) {
            var line = lines.get(at + length - 1);
            if (line == null) return 1;
            text.append(length == 1 ? "" : "\n").append(line);
            if (text.chars().filter(c -> c == '"').count() % 2 == 0) {
                var fields = fields(text.toString());
                return fields != null && fields.size() == columns ? length : 1;
            }
        }
        return 1;
    }

    private static @Nullable List<String> fields(String text) {
        try (var parser = CSVParser.parse(text, CSVFormat.RFC4180)) {
            var records = parser.getRecords();
            return records.size() == 1 ? List.copyOf(records.getFirst().toList()) : null;
        } catch (IOException | RuntimeException e) {
            return null;
        }
    }

    private static IncidentRow row(List<@Nullable String> lines, long line, Header header) throws Malformed {
        if (lines.contains(null)) throw new Malformed("not UTF-8");
        var fields = fields(String.join("\n", lines));
        if (fields == null) throw new Malformed("not comma-separated values: a quote is missing or too many");
        if (fields.size() != header.columns())
            throw new Malformed(fields.size() + " columns where the header has " + header.columns());
        var values = new LinkedHashMap<Column, @Nullable String>();
        for (var column : Column.values()) {
            var value = fields.get(Objects.requireNonNull(header.places().get(column)))
                    .strip();
            if (value.indexOf('\0') >= 0) throw new Malformed(column.title + " contains U+0000");
            values.put(column, value.isEmpty() || value.equals(MISSING) ? null : value);
        }
        return new IncidentRow(
                line,
                needed(values, Column.NUMBER),
                count(needed(values, Column.SYS_MOD_COUNT)),
                status(needed(values, Column.INCIDENT_STATE)),
                priority(needed(values, Column.PRIORITY)),
                needed(values, Column.CALLER_ID),
                values.get(Column.OPENED_BY),
                time(values, Column.OPENED_AT),
                needed(values, Column.SYS_UPDATED_BY),
                time(values, Column.SYS_UPDATED_AT),
                values.get(Column.CATEGORY),
                values.get(Column.SUBCATEGORY),
                values.get(Column.U_SYMPTOM),
                values.get(Column.ASSIGNMENT_GROUP),
                values.get(Column.ASSIGNED_TO));
    }

    private static String needed(Map<Column, @Nullable String> values, Column column) throws Malformed {
        var value = values.get(column);
        if (value == null) throw new Malformed(column.title + " is missing");
        return value;
    }

    private static int count(String text) throws Malformed {
        try {
            var count = Integer.parseInt(text);
            if (count >= 0) return count;
        } catch (NumberFormatException e) {
            // said below
        }
        throw new Malformed("sys_mod_count is not a number from 0 on: " + shown(text));
    }

    private static Status status(String text) throws Malformed {
        var status = STATES.get(text);
        if (status == null) throw new Malformed("incident_state is unknown: " + shown(text));
        return status;
    }

    /** {@code 3 - Moderate}, or only the number. */
    private static Priority priority(String text) throws Malformed {
        var priority = PRIORITIES.get(text.charAt(0));
        if (priority == null || !(text.length() == 1 || text.startsWith(" - ", 1)))
            throw new Malformed("priority is none of 1 to 4: " + shown(text));
        return priority;
    }

    private static Instant time(Map<Column, @Nullable String> values, Column column) throws Malformed {
        var text = needed(values, column);
        try {
            return LocalDateTime.parse(text, TIME).toInstant(ZoneOffset.UTC);
        } catch (DateTimeException e) {
            throw new Malformed(column.title + " is not a time as 31-12-2016 23:59: " + shown(text));
        }
    }

    private static String shown(String text) {
        return text.length() <= 40 ? text : text.substring(0, 40) + "…";
    }
}
