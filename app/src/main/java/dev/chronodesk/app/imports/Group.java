package dev.chronodesk.app.imports;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * A group that the rows name.
 *
 * @param line of the first row that names it
 * @param since the earliest time at which a row names it
 * @param members who was assigned while a row named this group, the earliest first
 */
record Group(String name, long line, Instant since, List<Member> members) {

    /** Somebody who worked on an incident of the group, since that row. */
    record Member(String name, long line, Instant since) {}

    static List<Group> in(List<List<IncidentRow>> incidents) {
        var rows = incidents.stream()
                .flatMap(List::stream)
                .filter(row -> row.group() != null)
                .sorted(Comparator.comparing(IncidentRow::updatedAt).thenComparingLong(IncidentRow::line))
                .toList();
        var groups = new LinkedHashMap<String, LinkedHashMap<String, Member>>();
        var firsts = new LinkedHashMap<String, IncidentRow>();
        for (var row : rows) {
            if (row.group() == null) continue;
            firsts.putIfAbsent(row.group(), row);
            var members = groups.computeIfAbsent(row.group(), unseen -> new LinkedHashMap<>());
            if (row.assignee() != null)
                members.putIfAbsent(row.assignee(), new Member(row.assignee(), row.line(), row.updatedAt()));
        }
        var result = new ArrayList<Group>();
        groups.forEach((name, members) -> {
            var first = firsts.get(name);
            if (first != null)
                result.add(new Group(name, first.line(), first.updatedAt(), List.copyOf(members.values())));
        });
        return result;
    }
}
