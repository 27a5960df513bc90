package dev.chronodesk.query.fold;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;

/** Reads one row's columns in the order in which the table declares them. */
public final class RowReader {

    private final ResultSet result;
    private int column;

    RowReader(ResultSet result) {
        this.result = result;
    }

    public UUID uuid() throws SQLException {
        return present(uuidOrNull());
    }

    public @Nullable UUID uuidOrNull() throws SQLException {
        return result.getObject(++column, UUID.class);
    }

    public String text() throws SQLException {
        return present(textOrNull());
    }

    public @Nullable String textOrNull() throws SQLException {
        return result.getString(++column);
    }

    public List<String> texts() throws SQLException {
        var array = present(result.getArray(++column));
        return Arrays.stream((Object[]) present(array.getArray()))
                .map(String.class::cast)
                .toList();
    }

    public int integer() throws SQLException {
        return result.getInt(++column);
    }

    public long bigint() throws SQLException {
        return result.getLong(++column);
    }

    public @Nullable Long bigintOrNull() throws SQLException {
        var number = bigint();
        return result.wasNull() ? null : number;
    }

    public boolean bool() throws SQLException {
        return result.getBoolean(++column);
    }

    public Instant instant() throws SQLException {
        return present(instantOrNull());
    }

    public @Nullable Instant instantOrNull() throws SQLException {
        var at = result.getObject(++column, OffsetDateTime.class);
        return at == null ? null : at.toInstant();
    }

    public <T> T json(TypeReference<T> type) throws SQLException {
        return Json.read(text(), type);
    }

    private static <T> T present(@Nullable T value) {
        return Objects.requireNonNull(value, "the column is declared not null");
    }
}
