package dev.chronodesk.db.log;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PGBinaryObject;
import org.postgresql.util.PGobject;

/**
 * A one-dimensional array in PostgreSQL's binary format, for types that the driver sends as text otherwise: a text has
 * to be written here and parsed there, element by element. The connection must have {@link #OIDS} among those that it
 * sends in binary; without, the text is sent.
 */
@SuppressWarnings("serial") // goes to the server, never into a stream of objects
final class BinaryArray extends PGobject implements PGBinaryObject {

    /** Arrays of text, timestamptz and uuid: for the driver's {@code binaryTransferEnable}. */
    static final String OIDS = "1009,1185,2951";

    private static final long serialVersionUID = 1L;

    private static final int TEXT = 25;
    private static final int TIMESTAMPTZ = 1184;
    private static final int UUIDS = 2950;

    /** PostgreSQL counts from 2000-01-01. */
    static final Instant ZERO = Instant.parse("2000-01-01T00:00:00Z");

    private final transient ByteBuffer bytes;
    private final transient List<@Nullable String> texts;

    private BinaryArray(String type, ByteBuffer bytes, List<@Nullable String> texts) {
        super.setType(type);
        this.bytes = bytes;
        this.texts = texts;
    }

    static BinaryArray uuids(List<UUID> ids) {
        var buffer = header(UUIDS, ids.size(), false, 20L * ids.size());
        for (var id : ids)
            buffer.putInt(16).putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
        return new BinaryArray("_uuid", buffer, texts(ids, UUID::toString));
    }

    static BinaryArray instants(List<@Nullable Instant> moments) {
        var size = 0L;
        var nulls = false;
        for (var moment : moments) {
            nulls |= moment == null;
            size += moment == null ? 4 : 12;
        }
        var buffer = header(TIMESTAMPTZ, moments.size(), nulls, size);
        for (var moment : moments) {
            if (moment == null) buffer.putInt(-1);
            else buffer.putInt(8).putLong(ChronoUnit.MICROS.between(ZERO, moment));
        }
        return new BinaryArray("_timestamptz", buffer, texts(moments, moment -> moment.atOffset(ZoneOffset.UTC)
                .toString()));
    }

    static BinaryArray texts(List<String> texts) {
        var encoded = new ArrayList<byte[]>(texts.size());
        var size = 0L;
        for (var text : texts) {
            var bytes = text.getBytes(StandardCharsets.UTF_8);
            encoded.add(bytes);
            size += 4L + bytes.length;
        }
        var buffer = header(TEXT, texts.size(), false, size);
        for (var bytes : encoded) buffer.putInt(bytes.length).put(bytes);
        return new BinaryArray("_text", buffer, texts(texts, text -> text));
    }

    /** Dimensions, whether there are nulls, the elements' type, how many, and that they count from 1. */
    private static ByteBuffer header(int type, int length, boolean nulls, long size) {
        var dimensions = length == 0 ? 0 : 1;
        var buffer = ByteBuffer.allocate(Math.toIntExact(12 + 8 * dimensions + size))
                .putInt(dimensions)
                .putInt(nulls ? 1 : 0)
                .putInt(type);
        return length == 0 ? buffer : buffer.putInt(length).putInt(1);
    }

    private static <T> List<@Nullable String> texts(List<? extends @Nullable T> values, Function<T, String> text) {
        // as a view: nearly always nobody asks
        return new AbstractList<>() {
            @Override
            public @Nullable String get(int index) {
                var value = values.get(index);
                return value == null ? null : text.apply(value);
            }

            @Override
            public int size() {
                return values.size();
            }
        };
    }

    @Override
    public int lengthInBytes() {
        return bytes.capacity();
    }

    @Override
    public void toBytes(byte[] target, int offset) {
        bytes.get(0, target, offset, bytes.capacity());
    }

    @Override
    public void setByteValue(byte[] value, int offset) throws SQLException {
        throw new SQLException("arrays are only sent");
    }

    @Override
    public String getValue() {
        var literal = new StringBuilder("{");
        for (var text : texts) {
            if (literal.length() > 1) literal.append(',');
            if (text == null) literal.append("NULL");
            else
                literal.append('"')
                        .append(text.replace("\\", "\\\\").replace("\"", "\\\""))
                        .append('"');
        }
        return literal.append('}').toString();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }

    @Override
    public Object clone() {
        throw new UnsupportedOperationException("arrays are only sent");
    }
}
