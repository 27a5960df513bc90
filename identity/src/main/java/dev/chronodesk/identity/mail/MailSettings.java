package dev.chronodesk.identity.mail;

import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * {@code chronodesk.mail.*}. The server itself is Spring Boot's {@code spring.mail.*}.
 *
 * @param from the sender, as {@code desk@example.org} or {@code Desk <desk@example.org>}; {@code no-reply} at the host
 *     of {@code chronodesk.external-url} when left out
 * @param name how the desk calls itself in its mails
 * @param directory where mails are put as files while no server is set
 * @param templates a directory with templates that replace ours, file by file
 */
@ConfigurationProperties("chronodesk.mail")
public record MailSettings(
        @Nullable String from,
        @DefaultValue("Chronodesk") String name,
        @DefaultValue("./.chronodesk/mail") Path directory,
        @Nullable Path templates) {

    public MailSettings {
        if (from != null && address(from) == null)
            throw new IllegalArgumentException(
                    "chronodesk.mail.from: an address such as desk@example.org or Desk <desk@example.org>");
        if (name.isBlank() || name.length() > 100 || name.chars().anyMatch(Character::isISOControl))
            throw new IllegalArgumentException("chronodesk.mail.name: 1 to 100 characters on one line");
        if (templates != null && !java.nio.file.Files.isDirectory(templates))
            throw new IllegalArgumentException("chronodesk.mail.templates: a directory that is there");
    }

    private static @Nullable InternetAddress address(String text) {
        try {
            return new InternetAddress(text, true);
        } catch (AddressException e) {
            return null;
        }
    }

    /** The sender of our mails. */
    InternetAddress sender(String host) {
        var own = from == null ? null : address(from);
        if (own != null) return own;
        try {
            return new InternetAddress("no-reply@" + host, name, "UTF-8");
        } catch (java.io.UnsupportedEncodingException e) {
            throw new IllegalStateException("every JDK has UTF-8", e);
        }
    }
}
