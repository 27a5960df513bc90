package dev.chronodesk.db;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

class PoolSpec {

    private final AtomicInteger made = new AtomicInteger();

    @Test
    void a_pool_whose_first_connection_dies_while_it_is_set_up_makes_others() throws SQLException {
        try (var database = TestDatabase.create();
                var pool = Database.pool(dyingAtFirst(database), "dying", 2);
                var connection = pool.getConnection()) {
            assertThat(connection.isValid(5)).isTrue();
        }
        assertThat(made.get()).isGreaterThan(1);
    }

    private DataSource dyingAtFirst(TestDatabase database) {
        return (DataSource) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {DataSource.class}, (proxy, method, arguments) -> {
                    if (!method.getName().equals("getConnection"))
                        return method.getReturnType() == int.class ? 0 : null;
                    var connection = database.superuser();
                    return made.getAndIncrement() == 0 ? dying(connection) : connection;
                });
    }

    /** As PostgreSQL ends a session between two statements of the pool. */
    private Connection dying(Connection connection) {
        return (Connection) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("getTransactionIsolation")) {
                        connection.close();
                        throw new SQLException("terminating connection due to administrator command", "08006");
                    }
                    try {
                        return method.invoke(connection, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
