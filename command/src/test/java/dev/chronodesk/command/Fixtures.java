package dev.chronodesk.command;

import dev.chronodesk.command.authorization.Timeline;
import org.axonframework.test.aggregate.AggregateTestFixture;
import org.axonframework.test.aggregate.FixtureConfiguration;

/** Axon's fixture for our aggregates. It also compares the state after deciding with the state after reading. */
public final class Fixtures {

    private Fixtures() {}

    /**
     * A fixture that does not compare the one thing that must differ: when a live event occurred, which only the
     * database knows until it is read.
     */
    public static <T> FixtureConfiguration<T> of(Class<T> aggregate) {
        return new AggregateTestFixture<>(aggregate).registerIgnoredField(Timeline.class, "last");
    }
}
