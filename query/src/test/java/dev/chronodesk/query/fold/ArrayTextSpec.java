package dev.chronodesk.query.fold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.chronodesk.db.TestDatabase;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Arrays as PostgreSQL writes them are read as it reads them. */
class ArrayTextSpec {

    @Test
    void what_postgresql_reads_and_writes_is_read_alike() throws Exception {
        var seed = Long.getLong("seed", System.nanoTime());
        System.out.println("ArrayTextSpec -Dseed=" + seed);
        var random = new Random(seed);
        try (var database = TestDatabase.create();
                var connection = database.superuser();
                var select = connection.prepareStatement("select a::text, a from (select ?::text[] as a) _")) {
            for (var round = 0; round < 300; round++) {
                var elements = new ArrayList<String>();
                for (var i = random.nextInt(4); i > 0; i--) {
                    var element = new StringBuilder();
                    for (var n = random.nextInt(5); n > 0; n--)
                        element.append("ab ,{}\"\\N\u00e4".charAt(random.nextInt(10)));
                    elements.add(element.toString());
                }
                select.setString(1, ArrayText.of(elements));
                try (var row = select.executeQuery()) {
                    row.next();
                    var known = Arrays.asList((String[]) row.getArray(2).getArray());
                    assertThat(known).isEqualTo(elements);
                    assertThat(ArrayText.elements(row.getString(1)))
                            .as("seed %s", seed)
                            .isEqualTo(known);
                }
            }
        }
        assertThat(ArrayText.elements(" { a b , NULL,\"NULL\" } ")).isEqualTo(Arrays.asList("a b", null, "NULL"));
        assertThat(ArrayText.elements("{ }")).isEqualTo(List.of());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "{", "{a", "a}", "{a,}", "{,a}", "{\"a}", "{\"a\"b}", "{a\"b}", "{{a}}", "{a\\}"})
    void what_is_no_array_is_refused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> ArrayText.elements(text));
    }
}
