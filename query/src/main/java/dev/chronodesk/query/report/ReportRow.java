package dev.chronodesk.query.report;

import dev.chronodesk.query.fold.SqlType;
import dev.chronodesk.query.fold.Table;
import java.time.Instant;
import java.util.UUID;

/**
 * A report as it was published.
 *
 * @param position of the tables that it was computed from
 * @param sha256 of the content's UTF-8 bytes
 */
public record ReportRow(
        UUID id,
        String title,
        String call,
        long position,
        String contentType,
        String sha256,
        String content,
        Instant publishedAt,
        UUID publishedBy) {

    public static final Table<UUID, ReportRow> TABLE = Table.keyedBy("reports", "id", SqlType.UUID, ReportRow::id)
            .constant("title", SqlType.TEXT, ReportRow::title)
            .constant("call", SqlType.TEXT, ReportRow::call)
            .constant("position", SqlType.BIGINT, ReportRow::position)
            .constant("content_type", SqlType.TEXT, ReportRow::contentType)
            .constant("sha256", SqlType.TEXT, ReportRow::sha256)
            .constant("content", SqlType.TEXT, ReportRow::content)
            .constant("published_at", SqlType.TIMESTAMP, ReportRow::publishedAt)
            .constant("published_by", SqlType.UUID, ReportRow::publishedBy)
            .readBy(in -> new ReportRow(
                    in.uuid(),
                    in.text(),
                    in.text(),
                    in.bigint(),
                    in.text(),
                    in.text(),
                    in.text(),
                    in.instant(),
                    in.uuid()));
}
