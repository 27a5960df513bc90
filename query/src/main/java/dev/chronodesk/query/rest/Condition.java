package dev.chronodesk.query.rest;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a row must be like. */
sealed interface Condition {

    /** All, or with {@code any} one of the parts. */
    record Group(boolean any, boolean negated, List<Condition> parts) implements Condition {
        public Group {
            parts = List.copyOf(parts);
        }
    }

    /** A field compared with a value that PostgreSQL reads as the field's type. */
    record Compare(Field field, boolean negated, Operator operator, Quantifier quantifier, String value)
            implements Condition {}

    /** A field is one of the values. */
    record In(Field field, boolean negated, List<String> values) implements Condition {
        public In {
            values = List.copyOf(values);
        }
    }

    /** A field is null, not null, true, false or unknown. */
    record Is(Field field, boolean negated, Known known) implements Condition {}

    /**
     * A text or its words match a query.
     *
     * @param language whose rules make words of it, or null for the database's own
     */
    record Search(Field field, boolean negated, Matching matching, @Nullable String language, String value)
            implements Condition {}

    /** How a query for words is written. */
    enum Matching {
        FTS("to_tsquery"),
        PLFTS("plainto_tsquery"),
        PHFTS("phraseto_tsquery"),
        WFTS("websearch_to_tsquery");

        private final String function;

        Matching(String function) {
            this.function = function;
        }

        String function() {
            return function;
        }
    }

    /** Whether a comparison is with one value, with any of a list, or with all. */
    enum Quantifier {
        ONE,
        ANY,
        ALL
    }

    enum Known {
        NULL("null"),
        NOT_NULL("not null"),
        TRUE("true"),
        FALSE("false"),
        UNKNOWN("unknown");

        private final String sql;

        Known(String sql) {
            this.sql = sql;
        }

        String sql() {
            return sql;
        }
    }

    enum Operator {
        EQ("eq", "=", true),
        NEQ("neq", "<>", true),
        GT("gt", ">", true),
        GTE("gte", ">=", true),
        LT("lt", "<", true),
        LTE("lte", "<=", true),
        LIKE("like", "like", true),
        ILIKE("ilike", "ilike", true),
        MATCH("match", "~", true),
        IMATCH("imatch", "~*", true),
        ISDISTINCT("isdistinct", "is distinct from", false),
        CONTAINS("cs", "@>", false),
        CONTAINED("cd", "<@", false),
        OVERLAPS("ov", "&&", false),
        LEFT_OF("sl", "<<", false),
        RIGHT_OF("sr", ">>", false),
        NOT_LEFT("nxl", "&>", false),
        NOT_RIGHT("nxr", "&<", false),
        ADJACENT("adj", "-|-", false);

        private final String word;
        private final String sql;
        private final boolean quantifiable;

        Operator(String word, String sql, boolean quantifiable) {
            this.word = word;
            this.sql = sql;
            this.quantifiable = quantifiable;
        }

        String word() {
            return word;
        }

        String sql() {
            return sql;
        }

        boolean quantifiable() {
            return quantifiable;
        }

        boolean isPattern() {
            return this == LIKE || this == ILIKE;
        }
    }
}
