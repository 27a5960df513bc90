package dev.chronodesk.command.report;

import dev.chronodesk.command.door.Command;
import dev.chronodesk.command.door.Field;
import dev.chronodesk.command.door.Shape;
import dev.chronodesk.events.report.ReportId;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Computes numbers and keeps them for ever, byte by byte. */
public record PublishReport(
        @Field("The new report's id, version 7 recommended; made when left out.") @Nullable ReportId reportId,
        @Field(
                        value = "What it is called, without names of people: it cannot be erased.",
                        example = "Resolutions of March",
                        min = 1,
                        max = PublishReport.MAX_TITLE)
                String title,
        @Field(
                        value = "A function of statistics with its arguments, as /rest/v1/rpc takes them; where a"
                                + " metric is named, with the version of its definition.",
                        example = "agent_metric?metric=full_resolution&since=2026-03-01&until=2026-04-01&version=1",
                        min = 1,
                        max = PublishReport.MAX_CALL)
                String call)
        implements ReportCommand {

    /** Unicode code points of a title. */
    public static final int MAX_TITLE = 255;

    /** Unicode code points of a call. */
    public static final int MAX_CALL = 1000;

    public PublishReport {
        var shape = new Shape();
        shape.text("title", title, 1, MAX_TITLE);
        shape.text("call", call, 1, MAX_CALL);
        shape.check();
    }

    @Override
    public boolean creates() {
        return true;
    }

    @Override
    public Optional<String> figures() {
        return Optional.of(call);
    }

    @Override
    public Command identified(Supplier<UUID> ids) {
        return reportId != null ? this : new PublishReport(new ReportId(ids.get()), title, call);
    }

    @Override
    public Map<String, UUID> makes() {
        return Map.of(
                "reportId", Objects.requireNonNull(reportId, "made at the door").value());
    }
}
