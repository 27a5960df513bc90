package dev.chronodesk.app;

import dev.chronodesk.db.DatabaseSettings;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * {@code chronodesk.database.*}; {@link DatabaseSettings} says what each is for, and checks are made where they are
 * used. An empty value is as none: that is how an environment says "not set".
 */
@ConfigurationProperties("chronodesk.database")
record DatabaseProperties(
        @Nullable String url, @Nullable String username, @Nullable String password, @Nullable String binaries) {

    /** Data of the embedded server and the connection file, in the directory where the command was given. */
    private static final Path HOME = Path.of(".chronodesk");

    DatabaseSettings settings() {
        var binaries = given(this.binaries);
        return new DatabaseSettings(
                given(url), given(username), given(password), binaries == null ? null : Path.of(binaries), HOME);
    }

    private static @Nullable String given(@Nullable String value) {
        return value == null || value.isBlank() ? null : value;
    }

    /** A password never reaches a log file by accident. */
    @Override
    public String toString() {
        return "DatabaseProperties[…]";
    }
}
