package dev.chronodesk.query.fold;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;

/** Moments as PostgreSQL writes them in JSON, so that an answer made in memory equals one made by a query. */
public final class Timestamps {

    private static final DateTimeFormatter FORM = new DateTimeFormatterBuilder()
            .appendValue(ChronoField.YEAR_OF_ERA, 4, 10, java.time.format.SignStyle.NOT_NEGATIVE)
            .appendPattern("-MM-dd'T'HH:mm:ss")
            .appendFraction(ChronoField.MICRO_OF_SECOND, 0, 6, true)
            .appendLiteral("+00:00")
            .toFormatter(java.util.Locale.ROOT);

    private Timestamps() {}

    public static String text(Instant at) {
        var time = at.atOffset(ZoneOffset.UTC);
        return FORM.format(time) + (time.getYear() > 0 ? "" : " BC");
    }
}
