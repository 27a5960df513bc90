package dev.chronodesk.query.rest;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** How rows of one relation belong to rows of another, seen from the first. */
sealed interface Relationship {

    /** Its name, by which a client can choose it. */
    String name();

    String target();

    /** Whether there is at most one row. */
    boolean toOne();

    /** {@code many-to-one} and so on, as errors write it. */
    String cardinality();

    /** For people: by what the rows are joined. */
    String description(String origin);

    /**
     * By columns that say the same.
     *
     * @param columns of the relation where it starts
     * @param targetColumns of the other, in the same order
     * @param owned whether the columns that refer are where it starts
     * @param toOne whether at most one row is on the other side
     * @param toOneBack whether at most one row is where it starts
     */
    record Keys(
            String name,
            String target,
            List<String> columns,
            List<String> targetColumns,
            boolean owned,
            boolean toOne,
            boolean toOneBack)
            implements Relationship {

        public Keys {
            columns = List.copyOf(columns);
            targetColumns = List.copyOf(targetColumns);
        }

        /** The columns that refer, wherever they are. */
        List<String> referring() {
            return owned ? columns : targetColumns;
        }

        @Override
        public String cardinality() {
            return (toOneBack ? "one" : "many") + "-to-" + (toOne ? "one" : "many");
        }

        @Override
        public String description(String origin) {
            return name + " using " + origin + "(" + String.join(", ", columns) + ") and " + target + "("
                    + String.join(", ", targetColumns) + ")";
        }
    }

    /** By the rows of a third relation, which refers to both. */
    record Through(String junction, Keys near, Keys far) implements Relationship {

        @Override
        public String name() {
            return junction;
        }

        @Override
        public String target() {
            return far.target();
        }

        @Override
        public boolean toOne() {
            return false;
        }

        @Override
        public String cardinality() {
            return "many-to-many";
        }

        @Override
        public String description(String origin) {
            return junction + " using " + near.name() + "(" + String.join(", ", near.columns()) + ") and " + far.name()
                    + "(" + String.join(", ", far.columns()) + ")";
        }
    }

    /** By a function that takes the row. */
    record Computed(String name, String target, boolean toOne) implements Relationship {

        @Override
        public String cardinality() {
            return toOne ? "many-to-one" : "one-to-many";
        }

        @Override
        public String description(String origin) {
            return name + "(" + origin + ")";
        }
    }

    /** Whether a client's word after {@code !} chooses this one. */
    default boolean isHintedBy(@Nullable String hint) {
        if (hint == null || hint.equals(name())) return true;
        return switch (this) {
            case Keys keys ->
                keys.referring().equals(List.of(hint)) || keys.targetColumns().equals(List.of(hint));
            case Through through ->
                hint.equals(through.near().name()) || hint.equals(through.far().name());
            case Computed _ -> false;
        };
    }
}
