package dev.chronodesk.command.door;

import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Collects what is wrong with the fields of one command, so that its sender learns everything at once. What passes here
 * can be stored as text by PostgreSQL: no U+0000 and no half of a surrogate pair.
 */
public final class Shape {

    /** The most tags that a ticket is created with. */
    public static final int MAX_TAGS = 50;

    /** The most Unicode code points of one tag. */
    public static final int MAX_TAG = 64;

    /** RFC 5321 allows 256 octets for a path with its two brackets. */
    public static final int MAX_EMAIL = 254;

    private static final Pattern EMAIL = Pattern.compile("[^\\s\\p{Cntrl}@]+@[^\\s\\p{Cntrl}@]+");

    private final List<FieldError> errors = new ArrayList<>();

    /** The field must be there. */
    public void required(String field, @Nullable Object value) {
        if (value == null) wrong(field, "required", "is required");
    }

    /** A text of {@code min} to {@code max} Unicode code points; when at least one is needed, not only white space. */
    public void text(String field, @Nullable String value, int min, int max) {
        if (value == null) {
            required(field, null);
            return;
        }
        if (!storable(value)) {
            wrong(field, "characters", "must not contain U+0000 or half of a surrogate pair");
            return;
        }
        var length = value.codePointCount(0, value.length());
        if (length < min || length > max || (min > 0 && value.isBlank()))
            wrong(field, "length", "must have " + min + " to " + max + " characters" + (min > 0 ? ", not blank" : ""));
    }

    /** An e-mail address, or none. Whether it can be reached is not decided by its shape. */
    public void email(String field, @Nullable String value) {
        if (value == null) return;
        var before = errors.size();
        text(field, value, 3, MAX_EMAIL);
        if (errors.size() == before && !EMAIL.matcher(value.strip()).matches())
            wrong(field, "format", "must be an e-mail address such as name@example.org");
    }

    /** Tags without the space around them, each once, in the order given; null stays null. */
    public @Nullable List<String> tags(String field, @Nullable List<@Nullable String> values) {
        if (values == null) return null;
        if (values.size() > MAX_TAGS) {
            wrong(field, "length", "must have at most " + MAX_TAGS + " elements");
            return List.of();
        }
        var clean = new LinkedHashSet<String>();
        for (var i = 0; i < values.size(); i++) {
            var tag = values.get(i);
            text(field + "[" + i + "]", tag == null ? null : tag.strip(), 1, MAX_TAG);
            if (tag != null) clean.add(tag.strip());
        }
        return List.copyOf(clean);
    }

    /**
     * The values that the texts say, in the order given; none at all when one of them is wrong.
     *
     * @param form what each one must be
     * @param parse refuses with {@link IllegalArgumentException} or {@link DateTimeException}
     */
    public <T> List<T> elements(
            String field, List<@Nullable String> texts, int min, int max, String form, Function<String, T> parse) {
        if (texts.size() < min || texts.size() > max) {
            wrong(field, "length", "must have " + min + " to " + max + " elements");
            return List.of();
        }
        var values = new ArrayList<T>();
        for (var i = 0; i < texts.size(); i++) {
            var text = texts.get(i);
            try {
                if (text == null) required(field + "[" + i + "]", null);
                else values.add(parse.apply(text));
            } catch (IllegalArgumentException | DateTimeException e) {
                wrong(field + "[" + i + "]", "format", "must be " + form);
            }
        }
        return values.size() == texts.size() ? values : List.of();
    }

    /** @throws MalformedException when anything was wrong */
    public void check() {
        if (!errors.isEmpty()) throw new MalformedException(errors);
    }

    /** The field breaks a rule of its command's own. */
    public void wrong(String field, String rule, String message) {
        errors.add(new FieldError(field, rule, message));
    }

    /** Whether PostgreSQL can keep the text: no U+0000, no half of a surrogate pair. */
    public static boolean storable(String text) {
        for (var i = 0; i < text.length(); i++) {
            var c = text.charAt(i);
            if (c == 0 || Character.isLowSurrogate(c)) return false;
            if (Character.isHighSurrogate(c)) {
                if (i + 1 == text.length() || !Character.isLowSurrogate(text.charAt(i + 1))) return false;
                i++;
            }
        }
        return true;
    }
}
