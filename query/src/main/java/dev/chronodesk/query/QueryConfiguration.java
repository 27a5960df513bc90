package dev.chronodesk.query;

import dev.chronodesk.db.Database;
import dev.chronodesk.db.keys.PersonKeys;
import dev.chronodesk.db.log.EventLog;
import dev.chronodesk.db.port.Figures;
import dev.chronodesk.events.codec.EventCodec;
import dev.chronodesk.query.audit.AuditController;
import dev.chronodesk.query.audit.GenerationsController;
import dev.chronodesk.query.fold.AsOf;
import dev.chronodesk.query.fold.FoldRunner;
import dev.chronodesk.query.fold.Rebuild;
import dev.chronodesk.query.history.History;
import dev.chronodesk.query.rest.RestController;
import dev.chronodesk.query.rest.Writes;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The read side's beans. Needs {@code Database}, {@code EventLog}, {@code PersonKeys} and {@code EventCodec}. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(QuerySettings.class)
public class QueryConfiguration {

    /** Closed after everything that asks it, and before the log. */
    @Bean(destroyMethod = "close")
    FoldRunner foldRunner(Database database, EventLog log, EventCodec codec, QuerySettings settings) {
        return new FoldRunner(
                database.fold(),
                log,
                ReadTables.model(codec),
                settings.batchSize(),
                settings.versionKept(),
                database.signals());
    }

    /** Folds from before the first request until after the last one. */
    @Bean
    SmartLifecycle folding(FoldRunner runner) {
        return new SmartLifecycle() {
            @Override
            public void start() {
                runner.start();
            }

            @Override
            public void stop() {
                runner.close();
            }

            @Override
            public boolean isRunning() {
                return runner.isRunning();
            }

            @Override
            public int getPhase() {
                return -1000;
            }
        };
    }

    @Bean
    Rebuild rebuild(Database database, EventLog log, EventCodec codec, QuerySettings settings) {
        return new Rebuild(database.fold(), log, ReadTables.model(codec), settings.batchSize());
    }

    @Bean
    History history(EventLog log, EventCodec codec) {
        return new History(log, codec);
    }

    /** Tables as of a position, of that database; nothing is dropped by itself until it is started. */
    public static AsOf asOf(
            Database database, EventLog log, PersonKeys keys, EventCodec codec, QuerySettings settings) {
        return new AsOf(
                database.fold(),
                log,
                keys,
                ReadTables.model(codec),
                settings.batchSize(),
                new AsOf.Bounds(settings.asOfTables(), settings.asOfSize().toBytes(), settings.asOfUnused()));
    }

    @Bean(destroyMethod = "close")
    AsOf tablesThen(Database database, EventLog log, PersonKeys keys, EventCodec codec, QuerySettings settings) {
        return asOf(database, log, keys, codec, settings).start();
    }

    @Bean
    RestController restController(
            Database database,
            FoldRunner live,
            EventLog log,
            QuerySettings settings,
            AsOf asOf,
            ObjectProvider<Writes> writes) {
        return new RestController(database.read(), live, log, settings, asOf, writes.getIfAvailable(() -> Writes.NONE));
    }

    @Bean
    Figures figures(RestController rest) {
        return rest.figures();
    }

    @Bean
    GenerationsController generationsController(AsOf asOf, EventLog log) {
        return new GenerationsController(asOf, log);
    }

    @Bean
    AuditController auditController(EventLog log, EventCodec codec) {
        return new AuditController(log, codec);
    }
}
