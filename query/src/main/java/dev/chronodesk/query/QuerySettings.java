package dev.chronodesk.query;

import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.ConstructorBinding;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * How the read side works.
 *
 * @param statementTimeout how long PostgreSQL may work on one read
 * @param maxRows how many rows one answer has at most; a higher {@code limit} is lowered to it, and
 *     {@code Content-Range} says what was answered
 * @param maxQueryLength characters of a query string
 * @param schemas what is exposed beside the read tables, by names that need no quotes; who may read what in them is
 *     granted in the database
 * @param batchSize how many events are folded in one transaction at most
 * @param versionKept how long read tables of another version of the program stay after the last node of it, for a way
 *     back
 * @param asOfTables of how many positions there are read tables of the past at once
 * @param asOfSize how much all of those take on disk at most
 * @param asOfUnused how long nobody uses those before they are dropped
 */
@ConfigurationProperties("chronodesk.query")
public record QuerySettings(
        @DefaultValue("10s") Duration statementTimeout,
        @DefaultValue("1000") int maxRows,
        @DefaultValue("16384") int maxQueryLength,
        @DefaultValue List<String> schemas,
        @DefaultValue("1000") int batchSize,
        @DefaultValue("1h") Duration versionKept,
        @DefaultValue("4") int asOfTables,
        @DefaultValue("100GB") DataSize asOfSize,
        @DefaultValue("1h") Duration asOfUnused) {

    @ConstructorBinding
    public QuerySettings {
        if (statementTimeout.toMillis() < 1)
            throw new IllegalArgumentException("chronodesk.query.statement-timeout: at least 1ms");
        if (maxRows < 1) throw new IllegalArgumentException("chronodesk.query.max-rows: at least 1");
        if (maxQueryLength < 1) throw new IllegalArgumentException("chronodesk.query.max-query-length: at least 1");
        for (var schema : schemas)
            if (!SCHEMA.matcher(schema).matches() || OURS.matcher(schema).matches())
                throw new IllegalArgumentException("chronodesk.query.schemas: " + schema
                        + " must be a name of small letters, digits and _, and none of PostgreSQL's or of this"
                        + " service");
        schemas = List.copyOf(schemas);
        if (batchSize < 1 || batchSize > 100_000)
            throw new IllegalArgumentException("chronodesk.query.batch-size: 1 to 100000");
        if (versionKept.toSeconds() < 30)
            throw new IllegalArgumentException("chronodesk.query.version-kept: at least 30s");
        if (asOfTables < 0 || asOfTables > 100)
            throw new IllegalArgumentException("chronodesk.query.as-of-tables: 0 to 100");
        if (asOfSize.toMegabytes() < 1) throw new IllegalArgumentException("chronodesk.query.as-of-size: at least 1MB");
        if (asOfUnused.toSeconds() < 1)
            throw new IllegalArgumentException("chronodesk.query.as-of-unused: at least 1s");
    }

    private static final Pattern SCHEMA = Pattern.compile("[a-z_][a-z0-9_]{0,62}");
    private static final Pattern OURS = Pattern.compile(
            "pg_.*|information_schema|public|log|identity|auth|search|(api_)?replay|(live|api|asof)(_.*)?");

    /** What holds for the past when nothing is said of it. */
    public QuerySettings(Duration statementTimeout, int maxRows, int maxQueryLength, int batchSize) {
        this(
                statementTimeout,
                maxRows,
                maxQueryLength,
                List.of(),
                batchSize,
                Duration.ofHours(1),
                4,
                DataSize.ofGigabytes(100),
                Duration.ofHours(1));
    }

    /** What holds when nothing is said. */
    public static QuerySettings defaults() {
        return new QuerySettings(Duration.ofSeconds(10), 1000, 16_384, 1000);
    }
}
