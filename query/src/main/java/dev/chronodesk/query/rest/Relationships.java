package dev.chronodesk.query.rest;

import dev.chronodesk.query.rest.Query.Selected.Embed;
import dev.chronodesk.query.rest.Relationship.Keys;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds the relationship that an embedding means: none and several are errors that say what there is. */
final class Relationships {

    private final Catalogue catalogue;

    Relationships(Catalogue catalogue) {
        this.catalogue = catalogue;
    }

    Relationship find(String origin, Embed embed) throws SQLException {
        var found = matching(origin, embed);
        if (found.isEmpty() && catalogue.lookedAgain()) found = matching(origin, embed);
        if (found.isEmpty()) throw none(origin, embed);
        if (found.size() > 1) throw several(origin, embed, found);
        return found.getFirst();
    }

    private List<Relationship> matching(String origin, Embed embed) throws SQLException {
        var all = catalogue.relationships(origin);
        // somebody wrote the function to be meant by its name
        var computed = all.stream()
                .filter(one ->
                        one instanceof Relationship.Computed && one.name().equals(embed.target()))
                .limit(1)
                .toList();
        if (!computed.isEmpty()) return computed;
        var plain = all.stream()
                .filter(one -> !(one instanceof Relationship.Computed))
                .toList();
        var byTarget = plain.stream()
                .filter(one -> one.target().equals(embed.target()) && one.isHintedBy(embed.hint()))
                // of a relation with itself a column names the rows that refer by it; the one referred to is asked by
                // the column alone
                .filter(one -> embed.hint() == null
                        || !(one instanceof Keys keys
                                && keys.owned()
                                && keys.target().equals(origin)))
                .toList();
        if (!byTarget.isEmpty() || embed.hint() != null) return byTarget;
        return plain.stream()
                .filter(one -> one instanceof Keys keys
                        && (keys.name().equals(embed.target())
                                || (keys.owned() && keys.columns().equals(List.of(embed.target())))))
                .toList();
    }

    private RestException none(String origin, Embed embed) throws SQLException {
        var target = RestException.shortened(embed.target());
        var using = embed.hint() == null ? "" : " using the hint '" + RestException.shortened(embed.hint()) + "'";
        var near = Similar.to(
                embed.target(),
                catalogue.relationships(origin).stream()
                        .map(Relationship::target)
                        .toList());
        return new RestException(
                400,
                "PGRST200",
                "Could not find a relationship between '" + origin + "' and '" + target + "' in the schema cache",
                "Searched for a foreign key relationship between '" + origin + "' and '" + target + "'" + using
                        + " in the schema 'public', but no matches were found.",
                near == null ? null : "Perhaps you meant '" + near + "' instead of '" + target + "'.");
    }

    private static RestException several(String origin, Embed embed, List<Relationship> found) {
        var details = found.stream()
                .map(one -> {
                    var detail = new LinkedHashMap<String, @Nullable Object>();
                    detail.put("cardinality", one.cardinality());
                    detail.put("embedding", origin + " with " + one.target());
                    detail.put("relationship", one.description(origin));
                    return detail;
                })
                .toList();
        var choices = String.join(
                ", ",
                found.stream()
                        .map(one -> "'" + embed.target() + "!" + one.name() + "'")
                        .distinct()
                        .toList());
        return new RestException(
                300,
                "PGRST201",
                "Could not embed because more than one relationship was found for '" + origin + "' and '"
                        + embed.target() + "'",
                details,
                "Try changing '" + embed.target() + "' to one of the following: " + choices
                        + ". Find the desired relationship in the 'details' key.");
    }
}
