package dev.chronodesk.app;

import dev.chronodesk.db.Database;
import dev.chronodesk.db.Secrets;
import dev.chronodesk.db.log.EventLog;
import dev.chronodesk.db.log.PostgresEventLog;
import dev.chronodesk.events.codec.EventCodec;
import java.time.Clock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * What the service and the commands of the command line share: the log and who may write to it. Beans are closed in
 * reverse: whatever uses the log first, then the log, which drains, then the database, which may be a server of ours.
 */
@Configuration(proxyBeanMethods = false)
class Assembly {

    @Bean
    Clock clock() {
        return Clock.systemUTC();
    }

    @Bean
    EventCodec eventCodec() {
        return new EventCodec();
    }

    @Bean(destroyMethod = "close")
    EventLog eventLog(Database database, EventCodec codec) {
        return new PostgresEventLog(database.write(), codec, database.incarnation(), database.signals());
    }

    @Bean
    Secrets secrets(Database database) {
        return new Secrets(database.write());
    }
}
