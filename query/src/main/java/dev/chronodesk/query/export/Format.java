package dev.chronodesk.query.export;

import java.util.Arrays;
import java.util.Locale;

/** What the files are. */
public enum Format {
    PARQUET,
    CSV;

    /** The word on the command line, and how files end. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** @throws IllegalArgumentException naming those that there are */
    public static Format of(String word) {
        return Arrays.stream(values())
                .filter(format -> format.toString().equals(word))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(word + " is none of " + Arrays.toString(values())));
    }
}
