package dev.chronodesk.query.fold;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/**
 * Rows into a table by COPY in its binary form: many at once cost a fraction of what inserting them costs. PostgreSQL
 * refuses it under row-level security, so it is for tables that are filled before that is forced on their owner too.
 *
 * @see <a href="https://www.postgresql.org/docs/current/sql-copy.html">COPY, "Binary Format"</a>
 */
final class CopyRows {

    private static final byte[] SIGNATURE = {'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xff, '\r', '\n', 0};

    /** PostgreSQL counts microseconds from the year 2000. */
    private static final long EPOCH_SECOND =
            Instant.parse("2000-01-01T00:00:00Z").getEpochSecond();

    private static final int OF_TEXT = 25;
    private static final int PIECE = 64 * 1024;

    private final CopyIn copy;
    private byte[] bytes = new byte[PIECE + PIECE / 4];
    private int length;

    private CopyRows(CopyIn copy) {
        this.copy = copy;
    }

    /** Adds rows that are not there yet. */
    static <R extends Record> void into(
            Connection connection, String qualified, List<Column<R>> columns, Collection<R> rows) throws SQLException {
        var names = columns.stream().map(Column::name).collect(Collectors.joining(", "));
        var copy = connection
                .unwrap(PGConnection.class)
                .getCopyAPI()
                .copyIn("copy " + qualified + " (" + names + ") from stdin (format binary)");
        try {
            new CopyRows(copy).write(columns, rows);
        } finally {
            if (copy.isActive()) copy.cancelCopy();
        }
    }

    private <R> void write(List<Column<R>> columns, Collection<R> rows) throws SQLException {
        bytes(SIGNATURE);
        int4(0);
        int4(0);
        for (var row : rows) {
            int2(columns.size());
            for (var column : columns) field(column.type(), column.value().apply(row));
            if (length >= PIECE) flush();
        }
        int2(-1);
        flush();
        copy.endCopy();
    }

    private void flush() throws SQLException {
        copy.writeToCopy(bytes, 0, length);
        length = 0;
    }

    private void field(SqlType type, @Nullable Object value) {
        if (value == null) {
            int4(-1);
            return;
        }
        switch (type) {
            case UUID -> {
                var uuid = (UUID) value;
                int4(16);
                int8(uuid.getMostSignificantBits());
                int8(uuid.getLeastSignificantBits());
            }
            case TEXT -> text((String) value);
            case TEXTS -> texts((List<?>) value);
            case INT -> {
                int4(4);
                int4((Integer) value);
            }
            case BIGINT -> {
                int4(8);
                int8((Long) value);
            }
            case BOOLEAN -> {
                int4(1);
                int1((Boolean) value ? 1 : 0);
            }
            case TIMESTAMP -> {
                var at = (Instant) value;
                int4(8);
                int8((at.getEpochSecond() - EPOCH_SECOND) * 1_000_000 + at.getNano() / 1_000);
            }
            case JSON -> json(Json.write(value).getBytes(StandardCharsets.UTF_8));
        }
    }

    private void text(String value) {
        var utf8 = value.getBytes(StandardCharsets.UTF_8);
        int4(utf8.length);
        bytes(utf8);
    }

    private void texts(List<?> values) {
        var from = length;
        int4(0);
        int4(values.isEmpty() ? 0 : 1);
        int4(0);
        int4(OF_TEXT);
        if (!values.isEmpty()) {
            int4(values.size());
            int4(1);
            for (var value : values) text((String) value);
        }
        var until = length;
        length = from;
        int4(until - from - 4);
        length = until;
    }

    private void json(byte[] utf8) {
        int4(utf8.length + 1);
        // the version of jsonb's binary form
        int1(1);
        bytes(utf8);
    }

    private void int1(int value) {
        room(1);
        bytes[length++] = (byte) value;
    }

    private void int2(int value) {
        int1(value >> 8);
        int1(value);
    }

    private void int4(int value) {
        int2(value >> 16);
        int2(value);
    }

    private void int8(long value) {
        int4((int) (value >> 32));
        int4((int) value);
    }

    private void bytes(byte[] more) {
        room(more.length);
        System.arraycopy(more, 0, bytes, length, more.length);
        length += more.length;
    }

    private void room(int more) {
        if (length + more > bytes.length) bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more));
    }
}
