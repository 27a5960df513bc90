package dev.chronodesk.query.rest;

import jakarta.servlet.http.HttpServletRequest;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which of the rows are wanted: {@code limit} and {@code offset}, or the {@code Range} header, or what both leave.
 *
 * @param limit never more than the cap
 */
record Window(long limit, long offset) {

    private static final Pattern RANGE = Pattern.compile("\\s*(\\d{1,18})-(\\d{0,18})\\s*");

    static Window of(Query query, HttpServletRequest request, int cap) {
        var limit = query.limit() == null ? cap : Math.min(query.limit(), cap);
        var offset = query.offset();
        var unit = request.getHeader("Range-Unit");
        var range = request.getHeader("Range");
        if (range == null
                || (unit != null && !unit.equals("items"))
                || !request.getMethod().equals("GET")) return new Window(limit, offset);
        var matched = RANGE.matcher(range);
        if (!matched.matches()) return new Window(limit, offset);
        var first = Long.parseLong(matched.group(1));
        var last = matched.group(2).isEmpty() ? Long.MAX_VALUE - 1 : Long.parseLong(matched.group(2));
        if (last < first)
            throw RestException.outOfRange(
                    "The lower boundary must be lower than or equal to the upper boundary in the Range header.");
        return new Window(Math.min(limit, last - first + 1), Math.max(offset, first));
    }

    /** {@code 0-9/137}, as the contract writes it. */
    String contentRange(long page, @Nullable Long total) {
        var rows = page == 0 ? "*" : offset + "-" + (offset + page - 1);
        return rows + "/" + (total == null ? "*" : total);
    }

    /** 206 when there is more than is answered, which only a count can tell. */
    int status(long page, @Nullable Long total) {
        if (total == null) return 200;
        if (offset > total)
            throw RestException.outOfRange(
                    "An offset of " + offset + " was requested, but there are only " + total + " rows.");
        return page < total ? 206 : 200;
    }
}
