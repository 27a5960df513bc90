package dev.chronodesk.query.fold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class RowsSpec {

    private record Shelf(long id, String room, int books) {
        private static final Table<Long, Shelf> TABLE = Table.keyedBy("shelves", "id", SqlType.BIGINT, Shelf::id)
                .constant("room", SqlType.TEXT, Shelf::room)
                .column("books", SqlType.INT, Shelf::books)
                .readBy(in -> new Shelf(in.bigint(), in.text(), in.integer()));
    }

    private final Rows rows = Rows.ofWholeHistory();

    @Test
    void a_constant_that_would_change_stops_the_fold() {
        rows.insert(Shelf.TABLE, new Shelf(1, "hall", 3));
        rows.update(Shelf.TABLE, new Shelf(1, "hall", 4));
        assertThatThrownBy(() -> rows.update(Shelf.TABLE, new Shelf(1, "cellar", 4)))
                .isInstanceOf(FoldException.class)
                .hasMessage("shelves.room is constant and would change");
        assertThat(rows.get(Shelf.TABLE, 1L)).isEqualTo(new Shelf(1, "hall", 4));
    }
}
