package dev.chronodesk.app.imports;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** A text file as lines, each decoded for itself: one line that is not UTF-8 spoils no other. */
final class Lines {

    private Lines() {}

    /**
     * The file's lines; null for one that is not UTF-8. What begins with gzip's mark is unpacked, whatever its name.
     *
     * @throws IOException also when a packed file ends too early
     */
    static List<@Nullable String> of(Path file) throws IOException {
        try (var raw = new BufferedInputStream(Files.newInputStream(file))) {
            raw.mark(2);
            var packed = raw.read() == 0x1f && raw.read() == 0x8b;
            raw.reset();
            return of(packed ? new BufferedInputStream(new GZIPInputStream(raw)) : raw);
        }
    }

    private static List<@Nullable String> of(InputStream in) throws IOException {
        var lines = new ArrayList<@Nullable String>();
        var line = new ByteArrayOutputStream();
        for (var next = in.read(); next >= 0; next = in.read()) {
            if (next == '\n') {
                lines.add(decoded(line.toByteArray()));
                line.reset();
            } else line.write(next);
        }
        if (line.size() > 0) lines.add(decoded(line.toByteArray()));
        return lines;
    }

    private static @Nullable String decoded(byte[] line) {
        try {
            var text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(line))
                    .toString();
            return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
        } catch (CharacterCodingException e) {
            return null;
        }
    }
}
