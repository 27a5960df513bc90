package dev.chronodesk.app;

import dev.chronodesk.db.keys.KeySettings;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/** {@code chronodesk.keys.*}; {@link KeySettings} says what each is for. An empty value is as none. */
@ConfigurationProperties("chronodesk.keys")
record KeysProperties(@Nullable String kek, @Nullable String directory) {

    private static final Path DIRECTORY = Path.of(".chronodesk", "keys");

    KeySettings settings() {
        return new KeySettings(
                kek == null || kek.isBlank() ? null : kek.strip(),
                directory == null || directory.isBlank() ? DIRECTORY : Path.of(directory));
    }
}
