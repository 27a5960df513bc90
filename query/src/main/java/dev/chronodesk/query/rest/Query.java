package dev.chronodesk.query.rest;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is asked of a view or of a function's rows.
 *
 * @param select what each row is answered with, in order; never empty
 * @param where holds for every row
 * @param limit as asked, or null
 * @param offset as asked, 0 when not
 */
record Query(List<Selected> select, List<Condition> where, List<Order> order, @Nullable Long limit, long offset) {

    Query {
        select = List.copyOf(select);
        where = List.copyOf(where);
        order = List.copyOf(order);
    }

    /** A part of the answer. */
    sealed interface Selected {

        /** All columns. */
        record All() implements Selected {}

        /** One field under a name, perhaps cast. */
        record One(Field field, @Nullable String alias, @Nullable String cast) implements Selected {
            String name() {
                return alias == null ? field.name() : alias;
            }
        }
    }

    /** One key of the order. */
    record Order(Field field, boolean descending, @Nullable Boolean nullsFirst) {}
}
