package dev.chronodesk.query.rest;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is asked of a view or of a function's rows, or of the rows that belong to such a row.
 *
 * @param select what each row is answered with, in order; empty only where it is embedded
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

    List<Selected.Embed> embeds() {
        return select.stream()
                .filter(Selected.Embed.class::isInstance)
                .map(Selected.Embed.class::cast)
                .toList();
    }

    /** Whether rows are put together. */
    boolean isAggregated() {
        return select.stream().anyMatch(Selected.Total.class::isInstance);
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

        /**
         * A field of many rows put together.
         *
         * @param field null when rows are counted
         * @param cast of the field, before
         * @param castAfter of the whole
         */
        record Total(
                Aggregate aggregate,
                @Nullable Field field,
                @Nullable String alias,
                @Nullable String cast,
                @Nullable String castAfter)
                implements Selected {
            String name() {
                return alias == null ? aggregate.word() : alias;
            }
        }

        /**
         * The rows that belong to the row.
         *
         * @param target a relation, a relationship, or a column that refers
         * @param hint which relationship when there are several
         * @param inner whether rows without any are left out
         * @param spread whether its columns are the row's own
         */
        record Embed(
                String target,
                @Nullable String alias,
                @Nullable String hint,
                boolean inner,
                boolean spread,
                Query query)
                implements Selected {
            String name() {
                return alias == null ? target : alias;
            }

            /** Whether a client that writes this name means it. */
            boolean isCalled(String name) {
                return name.equals(alias) || name.equals(target);
            }
        }
    }

    enum Aggregate {
        COUNT,
        SUM,
        AVG,
        MIN,
        MAX;

        String word() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /**
     * One key of the order.
     *
     * @param embed of whose row the field is; null for the row's own
     */
    record Order(@Nullable String embed, Field field, boolean descending, @Nullable Boolean nullsFirst) {}
}
