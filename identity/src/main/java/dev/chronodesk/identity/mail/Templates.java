package dev.chronodesk.identity.mail;

import com.samskivert.mustache.Mustache;
import com.samskivert.mustache.MustacheException;
import com.samskivert.mustache.Template;
import dev.chronodesk.identity.account.EmailAddress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The texts of our mails, in Mustache. Of each kind there is {@code KIND.txt}, whose first line is {@code Subject: …},
 * and {@code KIND.html}, which stands inside {@code layout.html}; values are escaped in the latter.
 */
public final class Templates {

    private static final String SUBJECT = "Subject: ";

    private final String name;
    private final @Nullable Path own;
    private final Map<String, Template> compiled = new ConcurrentHashMap<>();

    /** @param settings whose directory may replace single templates */
    public Templates(MailSettings settings) {
        this.name = settings.name();
        this.own = settings.templates();
    }

    /**
     * The mail of that kind.
     *
     * @param values what its templates name; none of it was written by a stranger except addresses
     * @throws IllegalStateException when a template is missing or names what there is not
     */
    public Letter letter(String kind, EmailAddress recipient, Map<String, Object> values) {
        var all = new HashMap<String, Object>(values);
        all.put("desk", name);
        all.put("email", recipient.value());
        var text = filled(kind + ".txt", all);
        var end = text.indexOf('\n');
        if (end < 0 || !text.startsWith(SUBJECT))
            throw new IllegalStateException("mail template " + kind + ".txt: the first line must be Subject: …");
        all.put("content", filled(kind + ".html", all));
        return new Letter(
                kind,
                recipient,
                text.substring(SUBJECT.length(), end).strip(),
                text.substring(end + 1).strip() + "\n",
                filled("layout.html", all));
    }

    private String filled(String file, Map<String, Object> values) {
        try {
            return compiled.computeIfAbsent(file, this::compiled).execute(values);
        } catch (MustacheException e) {
            throw new IllegalStateException("mail template " + file + ": " + e.getMessage(), e);
        }
    }

    private Template compiled(String file) {
        return Mustache.compiler().escapeHTML(file.endsWith(".html")).compile(text(file));
    }

    private String text(String file) {
        try {
            if (own != null && Files.isRegularFile(own.resolve(file))) return Files.readString(own.resolve(file));
            try (var packaged = Templates.class.getResourceAsStream("/mail/" + file)) {
                if (packaged == null) throw new IllegalStateException("mail template " + file + ": there is none");
                return new String(packaged.readAllBytes(), StandardCharsets.UTF_8);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("mail template " + file + " cannot be read", e);
        }
    }
}
