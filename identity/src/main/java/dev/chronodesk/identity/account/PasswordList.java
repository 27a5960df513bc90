package dev.chronodesk.identity.account;

import com.nulabinc.zxcvbn.StandardDictionaries;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Passwords that nobody may choose: the most common ones, which come with the program (the list of zxcvbn), and those
 * of a file that a desk may name. The file has one SHA-1 in hexadecimal a line, sorted, with anything behind a colon,
 * as the collections of broken-in passwords are published; it is searched where it is, whatever its size.
 */
public final class PasswordList {

    private static final int SHA1 = 40;

    /** No line of such a file is longer: a digest, a colon and a count. */
    private static final int LINE = 256;

    private final Set<String> common;
    private final @Nullable Path file;

    /**
     * @param file a sorted file of SHA-1 digests, or null
     * @throws IllegalArgumentException when the file is none, naming the setting
     */
    public PasswordList(@Nullable Path file) {
        this.file = file;
        try {
            common = StandardDictionaries.PASSWORDS_LOADER.load().getRankedDictionary().keySet().stream()
                    .map(word -> word.toLowerCase(Locale.ROOT))
                    .filter(word -> word.codePointCount(0, word.length()) >= Passwords.MIN)
                    .collect(Collectors.toUnmodifiableSet());
        } catch (IOException e) {
            throw new UncheckedIOException("the packaged list of passwords cannot be read", e);
        }
        if (file != null) check(file);
    }

    private static void check(Path file) {
        if (!Files.isReadable(file) || !Files.isRegularFile(file)) throw wrong("a file that can be read");
        try (var bytes = new RandomAccessFile(file.toFile(), "r")) {
            var before = "";
            for (var i = 0; i < 100; i++) {
                var digest = digest(bytes.readLine());
                if (digest.isEmpty()) break;
                if (digest.compareTo(before) < 0) throw wrong("sorted by digest");
                before = digest;
            }
            if (before.isEmpty()) throw wrong("one SHA-1 in hexadecimal a line");
        } catch (IOException e) {
            throw new UncheckedIOException("chronodesk.identity.password-list cannot be read", e);
        }
    }

    private static IllegalArgumentException wrong(String rule) {
        return new IllegalArgumentException("chronodesk.identity.password-list: " + rule);
    }

    /** Empty at the end of the file. */
    private static String digest(@Nullable String line) {
        if (line == null || line.isBlank()) return "";
        var digest = line.substring(0, Math.min(SHA1, line.length())).toUpperCase(Locale.ROOT);
        if (digest.length() != SHA1
                || !digest.chars().allMatch(HexFormat::isHexDigit)
                || (line.length() > SHA1 && line.charAt(SHA1) != ':'))
            throw wrong("one SHA-1 in hexadecimal a line, and anything behind a colon");
        return digest;
    }

    /** Whether it is one of them; capitals do not make a common word another one. */
    public boolean contains(String password) {
        return common.contains(password.toLowerCase(Locale.ROOT)) || (file != null && contains(file, sha1(password)));
    }

    /** Binary search over bytes: the line that begins after the middle says in which half to go on. */
    private static boolean contains(Path file, String wanted) {
        try (var bytes = new RandomAccessFile(file.toFile(), "r")) {
            var low = 0L;
            var high = bytes.length();
            while (high - low > LINE) {
                var middle = (low + high) >>> 1;
                bytes.seek(middle);
                bytes.readLine(); // the rest of a line
                var next = bytes.getFilePointer();
                var found = next >= high ? "" : digest(bytes.readLine());
                if (found.isEmpty() || found.compareTo(wanted) > 0) high = middle;
                else if (found.equals(wanted)) return true;
                else low = next;
            }
            bytes.seek(low);
            while (bytes.getFilePointer() <= high) {
                var found = digest(bytes.readLine());
                if (found.equals(wanted)) return true;
                if (found.isEmpty() || found.compareTo(wanted) > 0) return false;
            }
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException("chronodesk.identity.password-list cannot be read", e);
        }
    }

    private static String sha1(String password) {
        try {
            return HexFormat.of()
                    .withUpperCase()
                    .formatHex(MessageDigest.getInstance("SHA-1").digest(password.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-1", e);
        }
    }
}
