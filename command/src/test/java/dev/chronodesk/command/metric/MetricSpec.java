package dev.chronodesk.command.metric;

import static dev.chronodesk.command.Refusals.refused;
import static dev.chronodesk.events.metric.Definition.FULL_RESOLUTION_1;
import static dev.chronodesk.events.metric.Definition.FULL_RESOLUTION_2;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.chronodesk.command.Desk;
import dev.chronodesk.command.Fixtures;
import dev.chronodesk.command.authorization.Act;
import dev.chronodesk.command.authorization.Facts;
import dev.chronodesk.command.door.DoorRefusal.VersionMismatch;
import dev.chronodesk.command.door.MalformedException;
import dev.chronodesk.command.door.Senders;
import dev.chronodesk.db.TestDatabase;
import dev.chronodesk.db.log.Recorded;
import dev.chronodesk.events.metric.Definition;
import dev.chronodesk.events.metric.DefinitionAdopted;
import dev.chronodesk.events.profile.Role;
import java.util.Arrays;
import java.util.Map;
import java.util.UUID;
import org.axonframework.test.aggregate.FixtureConfiguration;
import org.junit.jupiter.api.Test;

/** What a metric decides. Who may send it at all is in the access matrix and its specification. */
class MetricSpec {

    static final AdoptDefinition SECOND = new AdoptDefinition(FULL_RESOLUTION_2);
    static final AdoptDefinition FIRST = new AdoptDefinition(FULL_RESOLUTION_1);
    static final DefinitionAdopted ADOPTED = new DefinitionAdopted(FULL_RESOLUTION_1, FULL_RESOLUTION_2);

    final FixtureConfiguration<Metric> metric = Fixtures.of(Metric.class);

    static Map<String, ?> expecting(Integer version) {
        var admin = UUID.randomUUID();
        var act = new Act(admin, Role.ADMIN, admin, false, "command", "key", null, version);
        return Map.of(Act.NAME, act, Facts.NAME, Facts.NONE);
    }

    @Test
    void another_definition_than_the_first_is_adopted() {
        metric.givenNoPriorActivity().when(SECOND, expecting(0)).expectEvents(ADOPTED);
    }

    @Test
    void the_one_before_can_be_adopted_again() {
        metric.given(ADOPTED)
                .when(FIRST, expecting(1))
                .expectEvents(new DefinitionAdopted(FULL_RESOLUTION_2, FULL_RESOLUTION_1));
    }

    @Test
    void the_same_again_is_once() {
        metric.given(ADOPTED)
                .when(SECOND, expecting(null))
                .expectSuccessfulHandlerExecution()
                .expectNoEvents();
    }

    @Test
    void the_version_must_be_the_expected_one() {
        metric.given(ADOPTED)
                .when(FIRST, expecting(2))
                .expectException(refused(new VersionMismatch(FULL_RESOLUTION_1.stream(), 2, 1)))
                .expectNoEvents();
    }

    @Test
    void on_the_log_it_is_adopted_once() {
        try (var database = TestDatabase.create();
                var desk = new Desk(database)) {
            desk.send(FIRST, Senders.SYSTEM);
            desk.send(SECOND, Senders.SYSTEM);
            assertThat(desk.send(SECOND, Senders.SYSTEM).unchanged()).isTrue();
            assertThat(desk.log.after(0, 10))
                    .extracting(Recorded::event)
                    .containsExactly(new DefinitionAdopted(FULL_RESOLUTION_1, FULL_RESOLUTION_1), ADOPTED);
        }
    }

    @Test
    void each_metric_is_a_stream_of_its_own_and_begins_with_its_first_definition() {
        for (var definition : Definition.values()) {
            assertThat(definition.first().version()).isOne();
            assertThat(definition.first().stream()).isEqualTo(definition.stream());
            assertThat(Definition.of(definition.toString())).isEqualTo(definition);
        }
        assertThat(Arrays.stream(Definition.values()).map(Definition::stream).distinct())
                .hasSize(8);
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> new DefinitionAdopted(Definition.ON_HOLD_1, FULL_RESOLUTION_2));
    }

    @Test
    void a_definition_must_be_named() {
        assertThatExceptionOfType(MalformedException.class)
                .isThrownBy(() -> new AdoptDefinition(null))
                .satisfies(e -> assertThat(e.errors())
                        .extracting(error -> error.field() + " " + error.rule())
                        .containsExactly("definition required"));
    }
}
