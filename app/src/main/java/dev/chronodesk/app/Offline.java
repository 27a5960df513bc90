package dev.chronodesk.app;

import dev.chronodesk.command.CommandConfiguration;
import dev.chronodesk.db.Database;
import dev.chronodesk.query.QuerySettings;
import java.util.List;
import java.util.Map;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/**
 * The write side without doors, for a command of the command line. It works on the database that the service's settings
 * name; while a service runs on the embedded server it joins that server, otherwise it starts it and stops it.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({DatabaseProperties.class, QuerySettings.class})
@Import({Assembly.class, CommandConfiguration.class})
class Offline {

    /** It could not be opened; why has been said. */
    static final class NotOpenedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NotOpenedException(Throwable cause) {
            super(cause);
        }
    }

    @Bean(destroyMethod = "close")
    Database database(DatabaseProperties properties) {
        return Database.join(properties.settings());
    }

    static ConfigurableApplicationContext open(List<String> settings) {
        try {
            return new SpringApplicationBuilder(Offline.class)
                    .web(WebApplicationType.NONE)
                    .logStartupInfo(false)
                    .properties(Map.of(
                            "spring.main.keep-alive",
                            "false",
                            "logging.level.dev.chronodesk",
                            "warn",
                            "logging.level.com.zaxxer.hikari",
                            "error"))
                    .run(settings.toArray(String[]::new));
        } catch (RuntimeException e) {
            throw new NotOpenedException(e);
        }
    }
}
