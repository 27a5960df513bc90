package dev.chronodesk.app;

import dev.chronodesk.app.errors.ErrorsConfiguration;
import dev.chronodesk.app.operations.OperationsConfiguration;
import dev.chronodesk.app.writes.CommandWrites;
import dev.chronodesk.command.CommandConfiguration;
import dev.chronodesk.command.gateway.Catalogue;
import dev.chronodesk.command.http.JsonCommands;
import dev.chronodesk.db.Database;
import dev.chronodesk.db.keys.PersonKeys;
import dev.chronodesk.identity.IdentityConfiguration;
import dev.chronodesk.identity.account.FirstAdministrator;
import dev.chronodesk.identity.door.ApiKeys;
import dev.chronodesk.identity.door.CallerArgumentResolver;
import dev.chronodesk.identity.mail.Outbox;
import dev.chronodesk.query.QueryConfiguration;
import dev.chronodesk.query.rest.Writes;
import java.util.List;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.security.autoconfigure.UserDetailsServiceAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** The whole service. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration(exclude = {DataSourceAutoConfiguration.class, UserDetailsServiceAutoConfiguration.class})
@EnableConfigurationProperties(DatabaseProperties.class)
@Import({
    Assembly.class,
    CommandConfiguration.class,
    QueryConfiguration.class,
    IdentityConfiguration.class,
    ErrorsConfiguration.class,
    OperationsConfiguration.class
})
class Desk {

    @Bean(destroyMethod = "close")
    Database database(DatabaseProperties properties) {
        return Database.open(properties.settings());
    }

    @Bean
    WebMvcConfigurer callers(CallerArgumentResolver resolver) {
        return new WebMvcConfigurer() {
            @Override
            public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
                resolvers.add(resolver);
            }
        };
    }

    @Bean
    Writes writes(JsonCommands commands, Catalogue catalogue) {
        return new CommandWrites(commands, catalogue);
    }

    @Bean
    Announcement announcement(
            FirstAdministrator administrator,
            ApiKeys keys,
            PersonKeys persons,
            Outbox outbox,
            Environment environment) {
        return new Announcement(administrator, keys, persons, outbox, environment, System.out);
    }

    @Bean
    ErasedAgain erasedAgain(PersonKeys keys, dev.chronodesk.query.fold.Rebuild rebuild) {
        return new ErasedAgain(keys, rebuild);
    }
}
