package dev.chronodesk.command;

import dev.chronodesk.command.authorization.Access;
import dev.chronodesk.command.decision.Aggregates;
import dev.chronodesk.command.gateway.Admission;
import dev.chronodesk.command.gateway.Catalogue;
import dev.chronodesk.command.gateway.Gateway;
import dev.chronodesk.command.gateway.Measures;
import dev.chronodesk.command.http.CommandController;
import dev.chronodesk.command.http.JsonCommands;
import dev.chronodesk.command.http.OpenApiController;
import dev.chronodesk.command.metric.Metrics;
import dev.chronodesk.command.profile.AddressBook;
import dev.chronodesk.command.profile.Profiles;
import dev.chronodesk.command.report.Reports;
import dev.chronodesk.command.schedule.Schedules;
import dev.chronodesk.command.team.Teams;
import dev.chronodesk.command.ticket.Tickets;
import dev.chronodesk.db.Secrets;
import dev.chronodesk.db.log.EventLog;
import dev.chronodesk.db.port.BeforeAcknowledging;
import dev.chronodesk.db.port.Figures;
import dev.chronodesk.db.port.LiveTables;
import dev.chronodesk.db.port.VisibleHistory;
import dev.chronodesk.events.Uuids;
import io.micrometer.core.instrument.MeterRegistry;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.axonframework.commandhandling.CommandBus;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Everything of the write side, made here and nowhere else. Needs an {@link EventLog} and {@link Secrets}. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(CommandSettings.class)
public class CommandConfiguration {

    /** Makes ids: ordered by time, and not to be guessed. */
    private static Supplier<UUID> ids(InstantSource clock) {
        var random = new BufferedRandom(new SecureRandom());
        return () -> Uuids.v7(clock.instant(), random);
    }

    private static <T> Supplier<Optional<T>> late(ObjectProvider<T> provider) {
        return () -> Optional.ofNullable(provider.getIfAvailable());
    }

    /** Asks when it is needed first, and never again: what is asked for is there by then, and asking is dear. */
    private static <T> Supplier<T> once(Supplier<T> supplier) {
        var found = new AtomicReference<@Nullable T>();
        return () -> {
            var before = found.get();
            if (before != null) return before;
            var now = supplier.get();
            found.set(now);
            return now;
        };
    }

    @Bean(destroyMethod = "close")
    Aggregates aggregates(
            EventLog log, Secrets secrets, ObjectProvider<InstantSource> clock, CommandSettings settings) {
        var aggregates =
                new Aggregates(log, ids(clock.getIfAvailable(InstantSource::system)), settings.rememberedAggregates());
        Tickets.join(aggregates);
        Teams.join(aggregates);
        Schedules.join(aggregates);
        Metrics.join(aggregates);
        Reports.join(aggregates);
        Profiles.join(aggregates, new AddressBook(secrets.secret("address")));
        return aggregates;
    }

    @Bean
    CommandBus commandBus(Aggregates aggregates) {
        return aggregates.bus();
    }

    @Bean
    Catalogue commandCatalogue() {
        return new Catalogue();
    }

    @Bean
    Admission admission(CommandSettings settings) {
        return new Admission(settings.atOnce());
    }

    @Bean
    Gateway commands(
            EventLog log,
            Aggregates aggregates,
            Secrets secrets,
            ObjectProvider<InstantSource> clock,
            ObjectProvider<BeforeAcknowledging> before,
            ObjectProvider<MeterRegistry> registry,
            ObjectProvider<Figures> figures,
            Admission admission) {
        var source = clock.getIfAvailable(InstantSource::system);
        return new Gateway(
                log,
                aggregates,
                Access.load(),
                secrets.secret("fingerprint"),
                source,
                ids(source),
                once(() -> before.orderedStream().toList()),
                new Measures(registry.getIfAvailable()),
                admission,
                late(figures));
    }

    @Bean
    JsonCommands jsonCommands(Gateway gateway, Catalogue catalogue, ObjectProvider<VisibleHistory> history) {
        return new JsonCommands(gateway, catalogue, late(history));
    }

    @Bean
    CommandController commandController(
            Gateway gateway, Catalogue catalogue, JsonCommands json, ObjectProvider<LiveTables> tables) {
        return new CommandController(gateway, catalogue, json, late(tables));
    }

    @Bean
    OpenApiController openApiController(Catalogue catalogue) {
        return new OpenApiController(catalogue);
    }

    /**
     * Refuses to start with a bean of Axon's that is not ours: its auto-configuration would bring a serializer, stores
     * and processors of its own without a word. {@link NoAxonAutoConfiguration} keeps it out; this notices when it does
     * not.
     */
    @Bean
    static SmartInitializingSingleton onlyOurAxon(DefaultListableBeanFactory beans) {
        return () -> {
            for (var name : beans.getBeanDefinitionNames()) {
                var type = beans.getType(name, false);
                if (type == null || !type.getName().startsWith("org.axonframework.")) continue;
                if (!name.equals("commandBus"))
                    throw new IllegalStateException("the bean " + name + " of type " + type.getName()
                            + " was not made by Chronodesk; exclude Axon's auto-configuration");
            }
        };
    }
}
