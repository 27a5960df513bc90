package dev.chronodesk.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** A process ends where a test said, and nowhere when nothing was said. */
class FaultPointsSpec {

    @Test
    void a_place_is_due_once_at_its_passage_and_no_other_place_is() {
        var points = Objects.requireNonNull(FaultPoints.of("append.committed:2,fold.writing:1"));
        assertThat(points.isDue("append.committed")).isFalse();
        assertThat(points.isDue("append.sending")).isFalse();
        assertThat(points.isDue("append.committed")).isTrue();
        assertThat(points.isDue("append.committed")).isFalse();
        assertThat(points.isDue("fold.writing")).isTrue();
    }

    @Test
    void without_the_property_there_are_none() {
        assertThat(FaultPoints.of(null)).isNull();
        assertThat(FaultPoints.of(" ")).isNull();
        assertThatThrownBy(() -> FaultPoints.of("append.committed"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("append.committed");
    }

    @Test
    void the_process_ends_there_as_if_it_was_killed() throws Exception {
        assertThat(passingFourTimes(List.of())).isZero();
        assertThat(passingFourTimes(List.of("-Dchronodesk.test.fault-points=append.sending:3")))
                .isEqualTo(137);
        assertThat(passingFourTimes(List.of("-Dchronodesk.test.fault-points=append.sending:5")))
                .isZero();
    }

    private static int passingFourTimes(List<String> flags) throws Exception {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(flags);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Passing.class.getName()));
        return new ProcessBuilder(command).inheritIO().start().waitFor();
    }

    /** What runs in a process of its own. */
    static final class Passing {
        public static void main(String[] arguments) {
            for (var i = 0; i < 4; i++) FaultPoints.reached(FaultPoints.APPEND_SENDING);
        }
    }
}
