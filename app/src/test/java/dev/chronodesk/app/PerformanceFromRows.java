package dev.chronodesk.app;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;

/**
 * What every agent has solved, worked out from the rows of the export itself: no event, no fold, no SQL and none of the
 * import's code. The last run of solved rows before the closing is looked for from the end.
 */
record PerformanceFromRows(Map<String, List<Double>> resolutionsByAgent) {

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("dd-MM-yyyy HH:mm");

    static PerformanceFromRows of(Path packed, int year) throws IOException {
        var incidents = new HashMap<String, List<Map<String, String>>>();
        try (var reader = new BufferedReader(
                new InputStreamReader(new GZIPInputStream(Files.newInputStream(packed)), StandardCharsets.UTF_8))) {
            var titles = reader.readLine().split(",", -1);
            for (var line = reader.readLine(); line != null; line = reader.readLine()) {
                var values = line.split(",", -1); // this export has no quotes
                var row = new HashMap<String, String>();
                for (var i = 0; i < titles.length; i++) row.put(titles[i], values[i]);
                incidents
                        .computeIfAbsent(row.get("number"), unseen -> new ArrayList<>())
                        .add(row);
            }
        }
        var byAgent = new TreeMap<String, List<Double>>();
        for (var rows : incidents.values()) {
            rows.sort(Comparator.comparingInt(row -> Integer.parseInt(row.get("sys_mod_count"))));
            var solving = solving(rows);
            if (solving < 0) continue;
            var opened = time(rows.getFirst(), "opened_at");
            var solved = opened;
            for (var row : rows.subList(0, solving + 1)) {
                var updated = time(row, "sys_updated_at");
                if (updated.isAfter(solved)) solved = updated;
            }
            if (solved.getYear() != year) continue;
            var agent = "";
            for (var row : rows.subList(0, solving + 1))
                if (!row.get("assigned_to").equals("?")) agent = row.get("assigned_to");
            byAgent.computeIfAbsent(agent, unseen -> new ArrayList<>())
                    .add((double) Duration.between(opened, solved).toSeconds());
        }
        return new PerformanceFromRows(byAgent);
    }

    /** The row that solved it last: where the last run of Resolved begins, or the closing one that had no such run. */
    private static int solving(List<Map<String, String>> rows) {
        var at = rows.size() - 1;
        while (at >= 0 && state(rows, at).equals("Closed")) at--;
        if (at >= 0 && state(rows, at).equals("Resolved")) {
            while (at > 0 && state(rows, at - 1).equals("Resolved")) at--;
            return at;
        }
        return at + 1 < rows.size() ? at + 1 : -1;
    }

    private static String state(List<Map<String, String>> rows, int at) {
        return rows.get(at).get("incident_state");
    }

    private static LocalDateTime time(Map<String, String> row, String column) {
        return LocalDateTime.parse(row.get(column), TIME);
    }

    /** As {@code percentile_cont} is defined: between the two neighbours of the place that the fraction names. */
    static double percentile(List<Double> values, double fraction) {
        var sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        var place = fraction * (sorted.length - 1);
        var below = sorted[(int) Math.floor(place)];
        var above = sorted[(int) Math.ceil(place)];
        return below + (above - below) * (place - Math.floor(place));
    }

    static double mean(List<Double> values) {
        return Arrays.stream(values.stream().mapToDouble(Double::doubleValue).toArray())
                .average()
                .orElseThrow();
    }
}
