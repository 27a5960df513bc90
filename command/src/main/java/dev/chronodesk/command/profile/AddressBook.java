package dev.chronodesk.command.profile;

import dev.chronodesk.events.Uuids;
import dev.chronodesk.events.address.AddressId;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.text.Normalizer;
import java.util.Locale;
import java.util.Objects;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Names e-mail addresses without showing them: UUIDv8 of HMAC-SHA-256 over the normalised form, trimmed, in lower case
 * of no language, NFC.
 */
public final class AddressBook {

    private final SecretKeySpec key;

    /** @param secret 32 bytes that never change: with others every address would be free again */
    public AddressBook(byte[] secret) {
        key = new SecretKeySpec(secret, "HmacSHA256");
    }

    /** The address's stream. */
    public AddressId id(String email) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            var hash = mac.doFinal(normalised(email).getBytes(StandardCharsets.UTF_8));
            return new AddressId(Uuids.v8(Objects.requireNonNull(hash)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HmacSHA256", e);
        }
    }

    /** Whether that is one address, however it is written. */
    static boolean same(String one, String other) {
        return normalised(one).equals(normalised(other));
    }

    /** The form in which two spellings of one address are equal. */
    public static String normalised(String email) {
        return Normalizer.normalize(email.strip().toLowerCase(Locale.ROOT), Normalizer.Form.NFC);
    }
}
