package dev.chronodesk.events.report;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Somebody published numbers: these bytes are the report, whatever becomes of definitions, tables and programs. They
 * are here because only the log is for ever.
 *
 * @param title what the publisher calls it
 * @param call the function and its arguments that were computed, with the version of the definition
 * @param position of the tables that it was computed from
 * @param sha256 of the content's UTF-8 bytes, in hexadecimal; an event whose content is another one is refused
 */
public record ReportPublished(
        ReportId reportId, String title, String call, long position, String contentType, String sha256, String content)
        implements ReportEvent {

    public ReportPublished {
        if (!sha256.equals(sha256(content))) throw new IllegalArgumentException("the content is not what was hashed");
    }

    /** The hash of a content. */
    public static String sha256(String content) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(content.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
