package dev.chronodesk.bench.faults.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chronodesk.bench.Server;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A cut before a message leaves nothing behind; a cut after it leaves everything, and the client knows neither. */
class CuttingProxySpec {

    private static Server server;
    private static CuttingProxy proxy;

    @BeforeAll
    static void start() throws Exception {
        server = Server.young();
        proxy = new CuttingProxy(Integer.parseInt(server.url().replaceFirst(".*:([0-9]+)/.*", "$1")));
        try (var connection = direct();
                var statement = connection.createStatement()) {
            statement.execute("create table public.said (word text)");
            statement.execute("create function public.\"log.append(\"(word text) returns text language sql volatile as"
                    + " 'insert into public.said values (word) returning word'");
        }
    }

    @AfterAll
    static void stop() throws Exception {
        proxy.close();
        server.close();
    }

    private static Connection direct() throws SQLException {
        return DriverManager.getConnection(server.url(), server.username(), server.password());
    }

    private static Connection through() throws SQLException {
        var url = server.url().replaceFirst(":[0-9]+/", ":" + proxy.port() + "/");
        return DriverManager.getConnection(url, server.username(), server.password());
    }

    private static void append(Connection connection, String word) throws SQLException {
        // the proxy goes by the words of the call
        try (var call = connection.prepareStatement("select public.\"log.append(\"(?)")) {
            call.setString(1, word);
            call.executeQuery().close();
        }
    }

    private static boolean isThere(String word) throws SQLException {
        try (var connection = direct();
                var select = connection.prepareStatement("select count(*) from public.said where word = ?")) {
            select.setString(1, word);
            try (var row = select.executeQuery()) {
                row.next();
                return row.getInt(1) == 1;
            }
        }
    }

    @Test
    void without_a_plan_everything_passes() throws Exception {
        try (var connection = through()) {
            for (var i = 0; i < 20; i++) append(connection, "plain" + i);
        }
        assertThat(isThere("plain19")).isTrue();
        assertThat(proxy.opaque()).isZero();
    }

    @Test
    void cut_before_the_append_the_server_has_nothing() throws Exception {
        try (var connection = through()) {
            append(connection, "first");
            var cut = proxy.cut(Kind.APPEND, Cut.BEFORE);
            assertThatThrownBy(() -> append(connection, "before")).isInstanceOf(SQLException.class);
            cut.get(5, TimeUnit.SECONDS);
        }
        assertThat(isThere("first")).isTrue();
        assertThat(isThere("before")).isFalse();
    }

    @Test
    void cut_after_the_append_the_server_has_it_and_the_client_does_not_know() throws Exception {
        try (var connection = through()) {
            var cut = proxy.cut(Kind.APPEND, Cut.AFTER);
            assertThatThrownBy(() -> append(connection, "after")).isInstanceOf(SQLException.class);
            cut.get(5, TimeUnit.SECONDS);
        }
        assertThat(isThere("after")).isTrue();
    }

    @Test
    void cut_before_and_after_a_commit() throws Exception {
        for (var cut : Cut.values()) {
            try (var connection = through()) {
                connection.setAutoCommit(false);
                try (var insert = connection.prepareStatement("insert into public.said values (?)")) {
                    insert.setString(1, "commit " + cut);
                    insert.executeUpdate();
                }
                var done = proxy.cut(Kind.COMMIT, cut);
                assertThatThrownBy(connection::commit).isInstanceOf(SQLException.class);
                done.get(5, TimeUnit.SECONDS);
            }
        }
        assertThat(isThere("commit BEFORE")).isFalse();
        assertThat(isThere("commit AFTER")).isTrue();
    }

    @Test
    void a_statement_that_the_server_keeps_under_a_name_is_known_again() throws Exception {
        try (var connection = through();
                var call = connection.prepareStatement("select public.\"log.append(\"(?)")) {
            for (var i = 0; i < 10; i++) {
                call.setString(1, "named" + i);
                call.executeQuery().close();
            }
            var cut = proxy.cut(Kind.APPEND, Cut.AFTER);
            call.setString(1, "named after");
            assertThatThrownBy(call::executeQuery).isInstanceOf(SQLException.class);
            cut.get(5, TimeUnit.SECONDS);
        }
        assertThat(isThere("named after")).isTrue();
    }

    @Test
    void a_slow_disk_takes_its_time() throws Exception {
        try (var connection = through()) {
            append(connection, "quick");
            proxy.slow(Duration.ofMillis(300));
            var from = System.nanoTime();
            append(connection, "slow");
            assertThat(Duration.ofNanos(System.nanoTime() - from)).isGreaterThan(Duration.ofMillis(290));
        } finally {
            proxy.slow(Duration.ZERO);
        }
        assertThat(isThere("slow")).isTrue();
    }
}
