package dev.chronodesk.app.operations;

import dev.chronodesk.db.log.EventLog;
import dev.chronodesk.query.fold.FoldRunner;
import dev.chronodesk.query.fold.FoldStatus;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.function.ToLongFunction;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What management shows. */
@Configuration(proxyBeanMethods = false)
public class OperationsConfiguration {

    @Bean("databaseHealthIndicator")
    HealthIndicator databaseHealth(EventLog log) {
        return new DatabaseHealth(log);
    }

    @Bean("readTablesHealthIndicator")
    HealthIndicator readTablesHealth(FoldRunner fold) {
        return new ReadTablesHealth(fold);
    }

    @Bean
    MeterBinder progress(FoldRunner fold) {
        return registry -> {
            gauge("chronodesk.log.head", "Last position of the log", fold, each -> each.status()
                            .head())
                    .register(registry);
            gauge("chronodesk.fold.position", "Position of the live read tables", fold, FoldRunner::position)
                    .register(registry);
            gauge("chronodesk.fold.lag", "Events that are not folded yet", fold, each -> each.status()
                            .lag())
                    .register(registry);
            gauge(
                            "chronodesk.fold.failed",
                            "1 while an event stops the fold",
                            fold,
                            each -> each.status().failure() == null ? 0 : 1)
                    .register(registry);
            gauge(
                            "chronodesk.fold.building",
                            "Position of the read tables that this node builds beside the live ones; -1 without",
                            fold,
                            each -> building(each.status()))
                    .register(registry);
        };
    }

    private static long building(FoldStatus status) {
        var building = status.building();
        return building == null ? -1 : building.position();
    }

    /** Not a number while the database cannot be asked. */
    private static Gauge.Builder<FoldRunner> gauge(
            String name, String description, FoldRunner fold, ToLongFunction<FoldRunner> value) {
        return Gauge.builder(name, fold, each -> {
                    try {
                        return (double) value.applyAsLong(each);
                    } catch (RuntimeException e) {
                        return Double.NaN;
                    }
                })
                .description(description);
    }
}
