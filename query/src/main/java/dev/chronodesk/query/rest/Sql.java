package dev.chronodesk.query.rest;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A statement as it grows: text of ours, and values of others that never become text of it. */
final class Sql {

    private final StringBuilder text = new StringBuilder();
    private final List<@Nullable String> values = new ArrayList<>();

    Sql add(String ours) {
        text.append(ours);
        return this;
    }

    /** A name that the catalogue has, or an alias. */
    Sql name(String name) {
        text.append('"').append(name.replace("\"", "\"\"")).append('"');
        return this;
    }

    /** A value, sent without a type: PostgreSQL reads it as whatever it is compared with, and says when it cannot. */
    Sql value(@Nullable String value) {
        text.append('?');
        values.add(value);
        return this;
    }

    /** Text of ours with a question mark for each value. */
    Sql add(String ours, String... its) {
        text.append(ours);
        Collections.addAll(values, its);
        return this;
    }

    Sql add(Sql other) {
        text.append(other.text);
        values.addAll(other.values);
        return this;
    }

    String text() {
        return text.toString();
    }

    void bind(PreparedStatement statement) throws SQLException {
        for (var i = 0; i < values.size(); i++) {
            var value = values.get(i);
            if (value == null) statement.setNull(i + 1, Types.OTHER);
            else statement.setObject(i + 1, value, Types.OTHER);
        }
    }
}
