package dev.chronodesk.query.export;

import static org.apache.parquet.schema.LogicalTypeAnnotation.TimeUnit.MICROS;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.BINARY;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.BOOLEAN;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.DOUBLE;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.FIXED_LEN_BYTE_ARRAY;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.FLOAT;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.INT32;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.INT64;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.zip.GZIPOutputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.compression.CompressionCodecFactory;
import org.apache.parquet.conf.ParquetConfiguration;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Types;

/**
 * A Parquet file of the rows of a query. Types that Parquet has no word for are texts as PostgreSQL writes them.
 *
 * <p>The library's writer is used without Hadoop: nothing of it is loaded as long as configuration and compression are
 * given.
 */
final class ParquetFile extends ParquetWriter.Builder<ResultSet, ParquetFile> {

    private static final int UUID_BYTES = 16;

    private final Rows rows;

    private ParquetFile(Path file, Rows rows) {
        super(new LocalOutputFile(file));
        this.rows = rows;
    }

    /**
     * Makes the file.
     *
     * @param about what its key-value metadata say
     */
    static ParquetWriter<ResultSet> create(Path file, String table, List<Column> columns, Map<String, String> about)
            throws IOException {
        var fields = columns.stream().map(ParquetFile::field).toList();
        return new ParquetFile(file, new Rows(columns, new MessageType(table, fields), about))
                .withConf(new PlainParquetConfiguration())
                .withCodecFactory(new Gzip())
                .withCompressionCodec(CompressionCodecName.GZIP)
                .build();
    }

    @Override
    protected ParquetFile self() {
        return this;
    }

    @Override
    @SuppressWarnings("deprecation") // abstract, and never called
    protected WriteSupport<ResultSet> getWriteSupport(Configuration unused) {
        return rows;
    }

    @Override
    protected WriteSupport<ResultSet> getWriteSupport(ParquetConfiguration unused) {
        return rows;
    }

    private static Type field(Column column) {
        if (!column.isArray()) return primitive(column.type(), Type.Repetition.OPTIONAL, column.name());
        return Types.optionalList()
                .element(primitive(column.element(), Type.Repetition.OPTIONAL, "element"))
                .named(column.name());
    }

    private static Type primitive(String type, Type.Repetition repetition, String name) {
        return switch (type) {
            case "boolean" -> Types.primitive(BOOLEAN, repetition).named(name);
            case "smallint", "integer" -> Types.primitive(INT32, repetition).named(name);
            case "bigint" -> Types.primitive(INT64, repetition).named(name);
            case "real" -> Types.primitive(FLOAT, repetition).named(name);
            case "double precision" -> Types.primitive(DOUBLE, repetition).named(name);
            case "date" ->
                Types.primitive(INT32, repetition)
                        .as(LogicalTypeAnnotation.dateType())
                        .named(name);
            case "timestamp with time zone" ->
                Types.primitive(INT64, repetition)
                        .as(LogicalTypeAnnotation.timestampType(true, MICROS))
                        .named(name);
            case "uuid" ->
                Types.primitive(FIXED_LEN_BYTE_ARRAY, repetition)
                        .length(UUID_BYTES)
                        .as(LogicalTypeAnnotation.uuidType())
                        .named(name);
            case "json", "jsonb" ->
                Types.primitive(BINARY, repetition)
                        .as(LogicalTypeAnnotation.jsonType())
                        .named(name);
            default ->
                Types.primitive(BINARY, repetition)
                        .as(LogicalTypeAnnotation.stringType())
                        .named(name);
        };
    }

    /** Hands the columns of a row over. */
    private static final class Rows extends WriteSupport<ResultSet> {

        private final List<Column> columns;
        private final MessageType schema;
        private final Map<String, String> about;

        @SuppressWarnings("NullAway.Init") // the writer calls prepareForWrite first
        private RecordConsumer out;

        Rows(List<Column> columns, MessageType schema, Map<String, String> about) {
            this.columns = columns;
            this.schema = schema;
            this.about = about;
        }

        @Override
        @SuppressWarnings("deprecation") // abstract, and never called
        public WriteContext init(Configuration unused) {
            return new WriteContext(schema, about);
        }

        @Override
        public WriteContext init(ParquetConfiguration unused) {
            return new WriteContext(schema, about);
        }

        @Override
        public void prepareForWrite(RecordConsumer consumer) {
            out = consumer;
        }

        @Override
        public void write(ResultSet row) {
            try {
                out.startMessage();
                for (var i = 0; i < columns.size(); i++) column(row, i);
                out.endMessage();
            } catch (SQLException e) {
                throw new IllegalStateException("the rows cannot be read", e);
            }
        }

        private void column(ResultSet row, int index) throws SQLException {
            var column = columns.get(index);
            if (row.getObject(index + 1) == null) return;
            out.startField(column.name(), index);
            if (column.isArray())
                list(column, (Object[]) row.getArray(index + 1).getArray());
            else value(row, index + 1, column.type());
            out.endField(column.name(), index);
        }

        private void value(ResultSet row, int at, String type) throws SQLException {
            switch (type) {
                case "boolean" -> out.addBoolean(row.getBoolean(at));
                case "smallint", "integer" -> out.addInteger(row.getInt(at));
                case "bigint" -> out.addLong(row.getLong(at));
                case "real" -> out.addFloat(row.getFloat(at));
                case "double precision" -> out.addDouble(row.getDouble(at));
                case "date" ->
                    out.addInteger((int) row.getObject(at, LocalDate.class).toEpochDay());
                case "timestamp with time zone" -> out.addLong(micros(row.getObject(at, OffsetDateTime.class)));
                case "uuid" -> out.addBinary(bytes(row.getObject(at, UUID.class)));
                default -> out.addBinary(Binary.fromString(row.getString(at)));
            }
        }

        private static long micros(OffsetDateTime at) {
            return ChronoUnit.MICROS.between(Instant.EPOCH, at.toInstant());
        }

        private static Binary bytes(UUID uuid) {
            return Binary.fromConstantByteArray(ByteBuffer.allocate(UUID_BYTES)
                    .putLong(uuid.getMostSignificantBits())
                    .putLong(uuid.getLeastSignificantBits())
                    .array());
        }

        private void list(Column column, Object[] elements) {
            out.startGroup();
            if (elements.length > 0) {
                out.startField("list", 0);
                for (var element : elements) {
                    out.startGroup();
                    if (element != null) {
                        out.startField("element", 0);
                        element(column.element(), element);
                        out.endField("element", 0);
                    }
                    out.endGroup();
                }
                out.endField("list", 0);
            }
            out.endGroup();
        }

        private void element(String type, Object element) {
            switch (element) {
                case UUID uuid -> out.addBinary(bytes(uuid));
                case Boolean yes -> out.addBoolean(yes);
                case Integer number -> out.addInteger(number);
                case Short number -> out.addInteger(number);
                case Long number -> out.addLong(number);
                case Float number -> out.addFloat(number);
                case Double number -> out.addDouble(number);
                case java.sql.Date day -> out.addInteger((int) day.toLocalDate().toEpochDay());
                case java.sql.Timestamp at
                when type.equals("timestamp with time zone") ->
                    out.addLong(ChronoUnit.MICROS.between(Instant.EPOCH, at.toInstant()));
                default -> out.addBinary(Binary.fromString(element.toString()));
            }
        }
    }

    /** The JDK's own, so that no native library comes along. */
    private static final class Gzip implements CompressionCodecFactory {

        @Override
        public BytesInputCompressor getCompressor(CompressionCodecName codec) {
            return new BytesInputCompressor() {
                @Override
                public BytesInput compress(BytesInput bytes) throws IOException {
                    var compressed = new ByteArrayOutputStream();
                    try (var gzip = new GZIPOutputStream(compressed)) {
                        bytes.writeAllTo(gzip);
                    }
                    return BytesInput.from(compressed);
                }

                @Override
                public CompressionCodecName getCodecName() {
                    return CompressionCodecName.GZIP;
                }

                @Override
                public void release() {}
            };
        }

        @Override
        public BytesInputDecompressor getDecompressor(CompressionCodecName codec) {
            throw new UnsupportedOperationException("nothing is read");
        }

        @Override
        public void release() {}
    }
}
