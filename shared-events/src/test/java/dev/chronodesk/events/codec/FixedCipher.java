package dev.chronodesk.events.codec;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * AES-256-GCM with a key that is made from the person's id, and a nonce that is made from what is sealed, so that
 * golden files come out the same each time. For tests only: whoever knows the id has the key.
 */
final class FixedCipher implements PersonalCipher {

    private static final int NONCE = 12;

    private final Set<UUID> destroyed = new HashSet<>();

    void destroy(UUID person) {
        destroyed.add(person);
    }

    @Override
    public Optional<byte[]> seal(UUID person, byte[] value, byte[] place) {
        if (destroyed.contains(person)) return Optional.empty();
        try {
            var nonce = Arrays.copyOf(sha256(value, place), NONCE);
            var sealed = cipher(Cipher.ENCRYPT_MODE, person, nonce, place).doFinal(value);
            return Optional.of(ByteBuffer.allocate(NONCE + sealed.length)
                    .put(nonce)
                    .put(sealed)
                    .array());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public Optional<byte[]> open(UUID person, byte[] sealed, byte[] place) {
        if (destroyed.contains(person)) return Optional.empty();
        try {
            return Optional.of(cipher(Cipher.DECRYPT_MODE, person, Arrays.copyOf(sealed, NONCE), place)
                    .doFinal(sealed, NONCE, sealed.length - NONCE));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new UndecodableEventException("damaged or moved", e);
        }
    }

    private static Cipher cipher(int mode, UUID person, byte[] nonce, byte[] place) throws GeneralSecurityException {
        var key = sha256(("a key for tests of " + person).getBytes(StandardCharsets.UTF_8));
        var cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(128, nonce));
        cipher.updateAAD(place);
        return cipher;
    }

    private static byte[] sha256(byte[]... parts) throws GeneralSecurityException {
        var digest = MessageDigest.getInstance("SHA-256");
        for (var part : parts) digest.update(part);
        return digest.digest();
    }
}
