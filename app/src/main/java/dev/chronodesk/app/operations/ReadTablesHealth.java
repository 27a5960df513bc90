package dev.chronodesk.app.operations;

import dev.chronodesk.query.fold.FoldRunner;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * Whether the read tables follow the log, how far they are, and what stops them. A lag alone is no reason to be down.
 */
final class ReadTablesHealth implements HealthIndicator {

    private final FoldRunner fold;

    ReadTablesHealth(FoldRunner fold) {
        this.fold = fold;
    }

    @Override
    public Health health() {
        try {
            var status = fold.status();
            var health = status.failure() == null ? Health.up() : Health.down();
            health.withDetail("position", status.position())
                    .withDetail("head", status.head())
                    .withDetail("lag", status.lag())
                    .withDetail("following", status.following());
            if (status.failure() != null)
                health.withDetail("failedAt", status.failure().position())
                        .withDetail("reason", status.failure().reason());
            var building = status.building();
            if (building != null)
                health.withDetail("building", building.position())
                        .withDetail("buildingTo", building.head())
                        .withDetail("buildingRate", building.rate());
            return health.build();
        } catch (RuntimeException e) {
            return Health.down()
                    .withDetail("position", fold.position())
                    .withDetail("reason", e.getClass().getSimpleName())
                    .build();
        }
    }
}
