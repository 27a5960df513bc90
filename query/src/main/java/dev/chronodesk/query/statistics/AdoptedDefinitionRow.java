package dev.chronodesk.query.statistics;

import dev.chronodesk.query.fold.SqlType;
import dev.chronodesk.query.fold.Table;
import java.time.Instant;
import java.util.UUID;

/**
 * A metric for which another definition than the first was adopted once.
 *
 * @param version of the definition that is in force
 * @param adoptedBy who decided it
 * @param adoptions how many there were
 */
public record AdoptedDefinitionRow(String metric, int version, Instant adoptedAt, UUID adoptedBy, int adoptions) {

    public static final Table<String, AdoptedDefinitionRow> TABLE = Table.keyedBy(
                    "adopted_definitions", "metric", SqlType.TEXT, AdoptedDefinitionRow::metric)
            .column("version", SqlType.INT, AdoptedDefinitionRow::version)
            .column("adopted_at", SqlType.TIMESTAMP, AdoptedDefinitionRow::adoptedAt)
            .column("adopted_by", SqlType.UUID, AdoptedDefinitionRow::adoptedBy)
            .column("adoptions", SqlType.INT, AdoptedDefinitionRow::adoptions)
            .readBy(in -> new AdoptedDefinitionRow(in.text(), in.integer(), in.instant(), in.uuid(), in.integer()));
}
