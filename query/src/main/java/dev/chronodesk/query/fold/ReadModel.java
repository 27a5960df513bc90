package dev.chronodesk.query.fold;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * Everything that a generation is made of.
 *
 * @param projections what folds; each table belongs to one of them
 * @param scripts what makes tables, policies and views, in an order in which they can run. Names without a schema are
 *     the generation's, {@code ${api}} is the schema of its views, {@code ${now}} the moment that it is asked at
 */
public record ReadModel(List<Projection<?>> projections, List<Script> scripts) {

    /** A resource beside a class of its feature. */
    public record Script(Class<?> beside, String name) {

        /** What is sent at once: up to a blank line after a semicolon. The driver cannot tell where a function ends. */
        List<String> parts() {
            return List.of(text().split("(?<=;)\\R\\R"));
        }

        String text() {
            try (var in = beside.getResourceAsStream(name)) {
                if (in == null) throw new IllegalStateException(name + " is not beside " + beside.getName());
                return new String(in.readAllBytes(), StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    public ReadModel {
        projections = List.copyOf(projections);
        scripts = List.copyOf(scripts);
    }

    /** The same, with one script more at the end. */
    ReadModel with(Script script) {
        return new ReadModel(
                projections, Stream.concat(scripts.stream(), Stream.of(script)).toList());
    }

    /** All tables of all projections. */
    public List<Table<?, ?>> tables() {
        return projections.stream()
                .<Table<?, ?>>flatMap(projection -> projection.tables().stream())
                .toList();
    }

    /** Says by which definitions and folds tables were made. Another one means that they must be built anew. */
    public String fingerprint() {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            for (var script : scripts) digest.update(script.text().getBytes(StandardCharsets.UTF_8));
            for (var projection : projections)
                digest.update((projection.getClass().getSimpleName() + projection.version() + "\n")
                        .getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
