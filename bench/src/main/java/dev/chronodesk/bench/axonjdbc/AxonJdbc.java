package dev.chronodesk.bench.axonjdbc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.util.Map;
import javax.sql.DataSource;
import org.axonframework.commandhandling.CommandBus;
import org.axonframework.commandhandling.GenericCommandMessage;
import org.axonframework.commandhandling.callbacks.FutureCallback;
import org.axonframework.common.jdbc.UnitOfWorkAwareConnectionProviderWrapper;
import org.axonframework.common.transaction.TransactionManager;
import org.axonframework.config.Configuration;
import org.axonframework.config.DefaultConfigurer;
import org.axonframework.eventsourcing.eventstore.EventStorageEngine;
import org.axonframework.eventsourcing.eventstore.jdbc.EventSchema;
import org.axonframework.eventsourcing.eventstore.jdbc.JdbcEventStorageEngine;
import org.axonframework.eventsourcing.eventstore.jdbc.PostgresEventTableFactory;
import org.axonframework.messaging.MetaData;
import org.axonframework.serialization.Serializer;
import org.axonframework.serialization.jackson3.Jackson3Serializer;
import org.axonframework.spring.jdbc.SpringDataSourceConnectionProvider;
import org.axonframework.spring.messaging.unitofwork.SpringTransactionManager;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;

/**
 * Axon's command bus, event store and JDBC engine, wired as its Spring starter wires them when the JDBC engine is
 * chosen: one connection and one transaction a command, Spring's transaction manager, Jackson for events, no cache.
 */
public final class AxonJdbc implements AutoCloseable {

    private final HikariDataSource pool;
    private final Configuration axon;

    /** @param connections of the pool; more callers than that wait */
    public AxonJdbc(DataSource admin, String url, String user, String password, int connections) throws Exception {
        try (var connection = admin.getConnection();
                var statement = connection.createStatement()) {
            statement.execute("create schema if not exists axon");
        }
        var config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setUsername(user);
        config.setPassword(password);
        config.setSchema("axon");
        config.setMaximumPoolSize(connections);
        config.setConnectionTimeout(60_000);
        pool = new HikariDataSource(config);
        var transactions = new SpringTransactionManager(new DataSourceTransactionManager(pool));
        var serializer = Jackson3Serializer.builder().build();
        var engine = engine(serializer, transactions);
        axon = DefaultConfigurer.defaultConfiguration()
                .configureSerializer(unused -> serializer)
                .configureEventSerializer(unused -> serializer)
                .configureMessageSerializer(unused -> serializer)
                .configureTransactionManager(unused -> transactions)
                .configureEmbeddedEventStore(unused -> engine)
                .configureAggregate(PlainTicket.class)
                .start();
    }

    private EventStorageEngine engine(Serializer serializer, TransactionManager transactions) {
        var engine = JdbcEventStorageEngine.builder()
                .eventSerializer(serializer)
                .snapshotSerializer(serializer)
                .connectionProvider(
                        new UnitOfWorkAwareConnectionProviderWrapper(new SpringDataSourceConnectionProvider(pool)))
                .transactionManager(transactions)
                .schema(EventSchema.builder().build())
                .build();
        engine.createSchema(PostgresEventTableFactory.INSTANCE);
        return engine;
    }

    /** Opens a ticket and returns when it is committed. */
    public void create(String ticketId, String requesterId, String subject, String description) {
        send(new PlainTicket.Create(ticketId, requesterId, subject, description));
    }

    /** Adds a comment and returns when it is committed. */
    public void comment(String ticketId, String commentId, String authorId, String body) {
        send(new PlainTicket.Comment(ticketId, commentId, authorId, body));
    }

    private void send(Object command) {
        var callback = new FutureCallback<Object, @Nullable Object>();
        bus().dispatch(
                        GenericCommandMessage.asCommandMessage(command)
                                .andMetaData(MetaData.from(Map.of("actor", "00000000-0000-7000-8000-000000000001"))),
                        callback);
        var result = callback.getResult();
        if (result.isExceptional()) throw new IllegalStateException(result.exceptionResult());
    }

    private CommandBus bus() {
        return axon.commandBus();
    }

    @Override
    public void close() {
        axon.shutdown();
        pool.close();
    }
}
