package dev.chronodesk.bench.faults.seeded;

import dev.chronodesk.bench.faults.seeded.Chances.Fault;
import dev.chronodesk.bench.faults.seeded.Chances.Use;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A data source whose connections break: before a statement, or after the server has carried it out. A broken
 * connection is really closed, as a network does it. By interfaces only, so that it knows nothing of who uses it.
 */
final class FaultyDataSource {

    private static final Set<String> EXECUTE = Set.of("execute", "executeQuery", "executeUpdate", "executeBatch");

    private FaultyDataSource() {}

    private interface Result {
        @Nullable
        Object get() throws Throwable;
    }

    private interface Step {
        @Nullable
        Object run(String name, Object[] arguments, Result result) throws Throwable;
    }

    static DataSource of(DataSource source, Chances chances) {
        return proxy(DataSource.class, source, (name, arguments, result) -> switch (name) {
            case "getConnection" -> {
                if (chances.next(Use.CONNECT) != Fault.NONE)
                    throw new SQLException("no connection, drawn by the seed", "08001");
                if (!(result.get() instanceof Connection connection)) throw new IllegalStateException("no connection");
                yield connection(connection, chances);
            }
            // nobody reaches the pool behind it, so a broken connection is aborted, and that is passed on
            case "isWrapperFor" -> false;
            default -> result.get();
        });
    }

    private static Connection connection(Connection connection, Chances chances) {
        return proxy(Connection.class, connection, (name, arguments, result) -> {
            if (name.equals("commit")) return used(chances, Use.OTHER, connection, result);
            var answer = result.get();
            if (!(answer instanceof Statement statement)) return answer;
            var append = arguments.length > 0 && arguments[0].toString().contains("log.append");
            return statement(statement, append ? Use.APPEND : Use.OTHER, connection, chances);
        });
    }

    private static Statement statement(Statement statement, Use use, Connection connection, Chances chances) {
        Step step = (name, arguments, result) ->
                EXECUTE.contains(name) ? used(chances, use, connection, result) : result.get();
        return statement instanceof PreparedStatement prepared
                ? proxy(PreparedStatement.class, prepared, step)
                : proxy(Statement.class, statement, step);
    }

    private static @Nullable Object used(Chances chances, Use use, Connection connection, Result result)
            throws Throwable {
        switch (chances.next(use)) {
            case NONE -> {
                return result.get();
            }
            case DELAY -> {
                Thread.sleep(chances.delay());
                return result.get();
            }
            case LOST_BEFORE -> {}
            case LOST_AFTER -> result.get();
        }
        connection.abort(Runnable::run);
        throw new SQLException("the connection broke, drawn by the seed", "08006");
    }

    private static <T> T proxy(Class<T> type, T target, Step step) {
        return type.cast(Proxy.newProxyInstance(
                FaultyDataSource.class.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    var given = arguments == null ? new Object[0] : arguments;
                    return step.run(method.getName(), given, () -> {
                        try {
                            return method.invoke(target, arguments);
                        } catch (InvocationTargetException e) {
                            throw e.getCause() == null ? e : e.getCause();
                        }
                    });
                }));
    }
}
