package dev.chronodesk.app.imports;

/**
 * Something that a person should know about a row.
 *
 * @param line where the row begins in the file, from 1
 * @param kind whether the row, or a part of it, was left out knowingly or could not be used
 * @param text why, without the row's contents beyond names and words of its columns
 */
public record Remark(long line, Kind kind, String text) {

    /** What became of the row. */
    public enum Kind {
        SKIPPED,
        REJECTED
    }

    @Override
    public String toString() {
        return "line " + line + " " + kind.name().toLowerCase(java.util.Locale.ROOT) + ": " + text;
    }
}
