package dev.chronodesk.app;

import dev.chronodesk.db.Database;
import dev.chronodesk.db.Secrets;
import dev.chronodesk.db.keys.PersonKeys;
import dev.chronodesk.db.log.EventLog;
import dev.chronodesk.db.log.PostgresEventLog;
import dev.chronodesk.events.codec.EventCodec;
import java.time.Clock;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * What the service and the commands of the command line share: the log and who may write to it. Beans are closed in
 * reverse: whatever uses the log first, then the log, which drains, then the database, which may be a server of ours.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(KeysProperties.class)
class Assembly {

    @Bean
    Clock clock() {
        return Clock.systemUTC();
    }

    @Bean(destroyMethod = "close")
    PersonKeys personKeys(Database database, KeysProperties properties) {
        return PersonKeys.open(database.keys(), properties.settings());
    }

    @Bean
    EventCodec eventCodec(PersonKeys keys) {
        return new EventCodec(keys);
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
