package dev.chronodesk.query.fold;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A column of a read table.
 *
 * @param name as in SQL
 * @param value of a row's column: a UUID, String, list of strings, Integer, Long, Boolean, Instant, or for
 *     {@link SqlType#JSON} what {@link Json#write} takes
 */
public record Column<R>(String name, SqlType type, Function<R, @Nullable Object> value) {}
