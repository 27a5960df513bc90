package dev.chronodesk.app.operations;

import dev.chronodesk.db.log.EventLog;
import java.util.Objects;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/** Whether the log can be read, which is whether the database is there. */
final class DatabaseHealth implements HealthIndicator {

    private final EventLog log;

    DatabaseHealth(EventLog log) {
        this.log = log;
    }

    @Override
    public Health health() {
        try {
            return Health.up().withDetail("head", log.head().position()).build();
        } catch (RuntimeException e) {
            // a driver's message may hold more than a reader of health should see
            return Health.down()
                    .withDetail("reason", Objects.requireNonNull(e.getClass().getSimpleName()))
                    .build();
        }
    }
}
