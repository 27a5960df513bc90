package dev.chronodesk.query.fold;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Everything that a generation is made of.
 *
 * @param projections what folds; each table belongs to one of them
 * @param scripts what makes tables, policies and views, in an order in which they can run. Names without a schema are
 *     the generation's, {@code ${api}} is the schema of its views, {@code ${now}} the moment that it is asked at,
 *     {@code ${live}} the schema of the views that show today
 */
public record ReadModel(List<Projection<?>> projections, List<Script> scripts) {

    /** A resource beside a class of its feature. */
    public record Script(Class<?> beside, String name) {

        /** What is sent at once: up to a blank line after a semicolon. The driver cannot tell where a function ends. */
        List<String> parts() {
            return parts(text());
        }

        /** The same without what is {@link Later}. */
        List<String> first() {
            var first = text();
            for (var kind : Later.values()) first = kind.pattern.matcher(first).replaceAll("");
            return parts(first);
        }

        private static List<String> parts(String text) {
            return List.of(text.split("(?<=;)\\R\\R"));
        }

        /** Its statements of that kind, in their order. */
        List<Deferred> later(Later kind) {
            return kind.pattern
                    .matcher(text())
                    .results()
                    .map(found -> new Deferred(kind.named(found), found.group()))
                    .toList();
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

    /**
     * Statements that wait until tables are filled, in this order: at the beginning of a line, up to the first
     * semicolon.
     */
    enum Later {
        /** Keeping an index while a table is filled costs several times what making it costs; so do unique keys. */
        INDEX("create (?:unique )?index (\\w+)\\s[^;]*;|alter table \\w+ add constraint (\\w+)\\s[^;]*;"),

        /** COPY is refused where row security is forced. */
        FORCE("alter table (\\w+) force row level security;"),

        /** Nobody may read before that. */
        GRANT("grant ()[^;]*;");

        private final Pattern pattern;

        Later(String pattern) {
            this.pattern = Pattern.compile("^(?:" + pattern + ")", Pattern.MULTILINE);
        }

        private String named(MatchResult found) {
            return IntStream.rangeClosed(1, found.groupCount())
                    .mapToObj(found::group)
                    .filter(Objects::nonNull)
                    .findFirst()
                    .orElseThrow();
        }
    }

    /**
     * A statement that waits.
     *
     * @param name of the index, or of the table that is forced; of grants empty
     */
    record Deferred(String name, String sql) {}

    /** The statements of all scripts of that kind. */
    List<Deferred> later(Later kind) {
        return scripts.stream().flatMap(script -> script.later(kind).stream()).toList();
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

    /** What names of schemas say of the fingerprint: whoever has another one has other tables and views. */
    public String version() {
        return fingerprint().substring(0, 10);
    }

    /** The schema of its live tables, which nobody but the fold may name. */
    public String schema() {
        return Generation.names(version()).tables();
    }

    /** The schema of its live views. */
    public String views() {
        return Generation.names(version()).views();
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
