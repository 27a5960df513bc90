package dev.chronodesk.db;

import dev.chronodesk.db.log.Incarnation;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.Properties;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * New connections of one login, for its pool or beside it. Each asks first which history of the log this is: before
 * anybody works on another primary, everybody on this node knows that it is another one.
 */
final class Connections implements DataSource {

    private final String url;
    private final Properties properties;
    private final @Nullable Incarnation incarnation;

    /** @param incarnation that connections see; null for a login that may not name the log */
    Connections(String url, Properties properties, @Nullable Incarnation incarnation) {
        this.url = url;
        this.properties = properties;
        this.incarnation = incarnation;
    }

    @Override
    public Connection getConnection() throws SQLException {
        var connection = DriverManager.getConnection(url, properties);
        if (incarnation == null) return connection;
        try {
            incarnation.see(connection);
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    @Override
    public Connection getConnection(String username, String password) throws SQLException {
        throw new SQLFeatureNotSupportedException("each login has connections of its own");
    }

    @Override
    public @Nullable PrintWriter getLogWriter() {
        return null;
    }

    @Override
    public void setLogWriter(@Nullable PrintWriter out) throws SQLException {
        throw new SQLFeatureNotSupportedException("the driver logs elsewhere");
    }

    /** The property connectTimeout says it. */
    @Override
    public void setLoginTimeout(int seconds) {}

    @Override
    public int getLoginTimeout() {
        return 0;
    }

    @Override
    public Logger getParentLogger() {
        return Logger.getLogger("org.postgresql");
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        throw new SQLException("this wraps nothing");
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
        return false;
    }
}
