package dev.chronodesk.db.keys;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where keys are kept outside the database.
 *
 * @param kek {@code chronodesk.keys.kek}, the key-encryption key: {@code file:PATH}, {@code env:NAME} or the URI of a
 *     key-management service; null for {@code kek.json} in the directory
 * @param directory {@code chronodesk.keys.directory}, with the list of destroyed keys; {@code ./.chronodesk/keys}
 */
public record KeySettings(@Nullable String kek, Path directory) {

    /** The list of the persons whose keys were destroyed. */
    Path destroyed() {
        return directory.resolve("destroyed");
    }
}
