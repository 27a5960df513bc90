package dev.chronodesk.query.fold;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class KeptSpec {

    private record Shelf(long id, int books) {
        private static final Table<Long, Shelf> TABLE = Table.keyedBy("shelves", "id", SqlType.BIGINT, Shelf::id)
                .column("books", SqlType.INT, Shelf::books)
                .readBy(in -> new Shelf(in.bigint(), in.integer()));
    }

    private final Kept kept = new Kept(2);

    private Rows begun(long shelf) {
        var needs = new Needs();
        needs.fresh(Shelf.TABLE, shelf);
        var rows = Rows.ofBatch();
        assertThat(kept.answer(needs, rows).isEmpty()).isTrue();
        rows.insert(Shelf.TABLE, new Shelf(shelf, 1));
        kept.keep(needs, rows);
        return rows;
    }

    /** The rows of a batch that needs these, and which of them must be read. */
    private Needs missing(Rows rows, long... shelves) {
        var needs = new Needs();
        for (var shelf : shelves) needs.row(Shelf.TABLE, shelf);
        return kept.answer(needs, rows);
    }

    @Test
    void a_row_that_was_just_begun_is_not_read() {
        begun(1);
        var rows = Rows.ofBatch();
        assertThat(missing(rows, 1).isEmpty()).isTrue();
        assertThat(rows.get(Shelf.TABLE, 1L)).isEqualTo(new Shelf(1, 1));
    }

    @Test
    void that_there_is_no_row_is_kept_too() {
        var rows = Rows.ofBatch();
        var needs = missing(rows, 7);
        assertThat(needs.keys(Shelf.TABLE)).containsExactly(7L);
        rows.known(Shelf.TABLE, 7L, null);
        kept.keep(needs, rows);
        assertThat(missing(Rows.ofBatch(), 7).isEmpty()).isTrue();
    }

    @Test
    void of_more_rows_than_are_kept_those_that_were_used_last_stay() {
        begun(1);
        begun(2);
        assertThat(missing(Rows.ofBatch(), 1).isEmpty()).isTrue();
        begun(3);
        assertThat(missing(Rows.ofBatch(), 1, 2, 3).keys(Shelf.TABLE)).containsExactly(2L);
    }

    @Test
    void an_event_after_the_first_one_of_a_batch_needs_no_row_of_the_database() {
        var needs = new Needs();
        needs.fresh(Shelf.TABLE, 1L);
        needs.row(Shelf.TABLE, 1L);
        assertThat(needs.isEmpty()).isTrue();
        // and one that was looked for before is looked for: then it does not begin anything
        needs.row(Shelf.TABLE, 2L);
        needs.fresh(Shelf.TABLE, 2L);
        assertThat(needs.keys(Shelf.TABLE)).containsExactly(2L);
        assertThat(needs.fresh(Shelf.TABLE)).containsExactly(1L);
    }
}
