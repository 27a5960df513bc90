package dev.chronodesk.query.fold;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Read tables of other versions of the program on the same database. */
final class OtherVersions {

    private static final Logger LOG = LoggerFactory.getLogger(OtherVersions.class);
    private static final String VERSION = "[0-9a-f]{10}";
    private static final Pattern LIVE = Pattern.compile("live_(" + VERSION + ")(?:_next|_retired(?:_\\d+)?)?");

    private final String own;

    OtherVersions(String own) {
        this.own = own;
    }

    /** Those of which there is anything. */
    List<String> others(Connection connection) throws SQLException {
        var others = new TreeSet<String>();
        for (var schema : Generation.schemas(connection, "^live_" + VERSION)) {
            var matched = LIVE.matcher(schema);
            if (matched.matches() && !matched.group(1).equals(own)) others.add(matched.group(1));
        }
        return new ArrayList<>(others);
    }

    /** Drops those that no node has needed for so long, unless they are the ones that are offered. */
    void tidy(Connection connection, Duration kept) throws SQLException {
        for (var other : others(connection)) {
            if (Generation.offeredVersion(connection).filter(other::equals).isPresent()) continue;
            if (isNeeded(connection, other, kept)) continue;
            LOG.info("No node needs the read tables of version {} any more: they are dropped", other);
            drop(connection, other);
        }
    }

    private static boolean isNeeded(Connection connection, String version, Duration kept) throws SQLException {
        var names = Generation.names(version);
        for (var tables : List.of(names.tables(), names.next().tables())) {
            if (!Generation.exists(connection, tables)) continue;
            try (var select = connection.prepareStatement(
                    "select at > clock_timestamp() - make_interval(secs => ?) from " + tables + ".needed")) {
                select.setDouble(1, kept.toMillis() / 1e3);
                try (var row = select.executeQuery()) {
                    if (row.next() && row.getBoolean(1)) return true;
                }
            }
        }
        return false;
    }

    /** Drops whatever there is of that version, also of the past. */
    void drop(Connection connection, String version) throws SQLException {
        var schemas = Generation.schemas(connection, "^(api_)?(live|asof)_" + version + "|^api_" + version);
        if (!schemas.isEmpty()) Generation.drop(connection, schemas.toArray(String[]::new));
    }
}
