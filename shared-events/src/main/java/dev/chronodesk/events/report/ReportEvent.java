package dev.chronodesk.events.report;

import dev.chronodesk.events.Event;
import dev.chronodesk.events.StreamType;
import java.util.UUID;

/** Everything that can have happened to a report. */
public sealed interface ReportEvent extends Event permits ReportPublished {

    ReportId reportId();

    @Override
    default UUID streamId() {
        return reportId().value();
    }

    @Override
    default StreamType streamType() {
        return StreamType.REPORT;
    }
}
