package dev.chronodesk.query.report;

import static dev.chronodesk.query.fold.Versions.follows;

import dev.chronodesk.db.log.Recorded;
import dev.chronodesk.events.report.ReportEvent;
import dev.chronodesk.events.report.ReportPublished;
import dev.chronodesk.query.fold.Needs;
import dev.chronodesk.query.fold.Projection;
import dev.chronodesk.query.fold.Rows;
import dev.chronodesk.query.fold.Table;
import java.util.List;

/** Published reports. */
public final class ReportProjection implements Projection<ReportEvent> {

    @Override
    public Class<ReportEvent> events() {
        return ReportEvent.class;
    }

    @Override
    public List<Table<?, ?>> tables() {
        return List.of(ReportRow.TABLE);
    }

    @Override
    public int version() {
        return 1;
    }

    @Override
    public void needs(ReportEvent event, Needs needs) {
        switch (event) {
            case ReportPublished _ -> {} // its row is only inserted
        }
    }

    @Override
    public void fold(Recorded<ReportEvent> recorded, Rows rows) {
        switch (recorded.event()) {
            case ReportPublished e -> {
                follows(recorded, 0);
                rows.insert(
                        ReportRow.TABLE,
                        new ReportRow(
                                e.reportId().value(),
                                e.title(),
                                e.call(),
                                e.position(),
                                e.contentType(),
                                e.sha256(),
                                e.content(),
                                recorded.occurredAt(),
                                recorded.metadata().actor()));
            }
        }
    }
}
