package dev.chronodesk.db.log;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.sql.DataSource;

/** A data source whose calls of the append function meet what is prepared for them, one after the other. */
final class Faults {

    /** What happens to one call. */
    enum Fault {
        /** The connection is gone before the server has the call. */
        LOST_BEFORE,
        /** The connection is gone after the server has carried it out, before the answer is here. */
        LOST_AFTER,
        /** The call never gets anywhere because something is badly wrong in this process. */
        ERROR
    }

    private final ConcurrentLinkedQueue<Fault> prepared = new ConcurrentLinkedQueue<>();
    private final DataSource source;

    Faults(DataSource source) {
        this.source = source;
    }

    Faults next(Fault... faults) {
        prepared.addAll(java.util.List.of(faults));
        return this;
    }

    boolean isUsedUp() {
        return prepared.isEmpty();
    }

    DataSource source() {
        return proxy(DataSource.class, source, (name, arguments, result) -> {
            var answer = result.get();
            return name.equals("getConnection") ? connection((Connection) answer) : answer;
        });
    }

    /** The same database without faults; the watcher is called before each append, by whoever makes the call. */
    DataSource watched(Runnable watcher) {
        return proxy(DataSource.class, source, (name, arguments, result) -> {
            var answer = result.get();
            if (!name.equals("getConnection")) return answer;
            return proxy(Connection.class, (Connection) answer, (called, sql, statement) -> {
                if (called.equals("prepareStatement") && sql[0].toString().contains("log.append")) watcher.run();
                return statement.get();
            });
        });
    }

    private Connection connection(Connection connection) {
        return proxy(Connection.class, connection, (name, arguments, result) -> {
            var answer = result.get();
            return name.equals("prepareStatement") && arguments[0].toString().contains("log.append")
                    ? call((PreparedStatement) answer)
                    : answer;
        });
    }

    private PreparedStatement call(PreparedStatement statement) {
        return proxy(PreparedStatement.class, statement, (name, arguments, result) -> {
            if (!name.equals("executeQuery")) return result.get();
            var fault = prepared.poll();
            if (fault == null) return result.get();
            switch (fault) {
                case LOST_BEFORE -> {}
                case LOST_AFTER -> result.get();
                case ERROR -> throw new StackOverflowError("made for a test");
            }
            throw new SQLException("the connection broke, made for a test", "08006");
        });
    }

    private interface Result {
        Object get() throws Throwable;
    }

    private interface Step {
        Object run(String name, Object[] arguments, Result result) throws Throwable;
    }

    private static <T> T proxy(Class<T> type, T target, Step step) {
        return type.cast(Proxy.newProxyInstance(
                Faults.class.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) -> step.run(method.getName(), arguments, () -> {
                    try {
                        return method.invoke(target, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                })));
    }
}
