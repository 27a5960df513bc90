package dev.chronodesk.query.statistics;

import static dev.chronodesk.query.fold.Versions.follows;

import dev.chronodesk.db.log.Recorded;
import dev.chronodesk.events.metric.DefinitionAdopted;
import dev.chronodesk.events.metric.MetricEvent;
import dev.chronodesk.query.fold.Needs;
import dev.chronodesk.query.fold.Projection;
import dev.chronodesk.query.fold.Rows;
import dev.chronodesk.query.fold.Table;
import java.util.List;

/** Which definition of each metric is in force: one row, so that it changes for all at once. */
public final class DefinitionProjection implements Projection<MetricEvent> {

    @Override
    public Class<MetricEvent> events() {
        return MetricEvent.class;
    }

    @Override
    public List<Table<?, ?>> tables() {
        return List.of(AdoptedDefinitionRow.TABLE);
    }

    @Override
    public int version() {
        return 1;
    }

    @Override
    public void needs(MetricEvent event, Needs needs) {
        switch (event) {
            case DefinitionAdopted e -> needs.row(AdoptedDefinitionRow.TABLE, e.to().metric());
        }
    }

    @Override
    public void fold(Recorded<MetricEvent> recorded, Rows rows) {
        switch (recorded.event()) {
            case DefinitionAdopted e -> {
                var before = rows.find(AdoptedDefinitionRow.TABLE, e.to().metric());
                follows(recorded, before.map(AdoptedDefinitionRow::adoptions).orElse(0));
                var after = new AdoptedDefinitionRow(
                        e.to().metric(),
                        e.to().version(),
                        recorded.occurredAt(),
                        recorded.metadata().actor(),
                        recorded.seq() + 1);
                if (before.isEmpty()) rows.insert(AdoptedDefinitionRow.TABLE, after);
                else rows.update(AdoptedDefinitionRow.TABLE, after);
            }
        }
    }
}
