package dev.chronodesk.identity;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Seals what the schema {@code identity} keeps with a key of the log's schema, so that neither schema alone gives it
 * away; a dump of the whole database does. AES-256-GCM: nonce, then ciphertext.
 */
public final class Seal {

    private static final int NONCE = 12;

    private final String what;
    private final SecretKeySpec key;
    private final SecureRandom random = new SecureRandom();

    /** @param what is sealed, for the error message */
    public Seal(String what, byte[] key) {
        this.what = what;
        this.key = new SecretKeySpec(key, "AES");
    }

    /** @param id whose it is: under another id it cannot be opened */
    public byte[] close(String id, byte[] plain) {
        var nonce = new byte[NONCE];
        random.nextBytes(nonce);
        var sealed = aes(Cipher.ENCRYPT_MODE, id, nonce, plain);
        var both = Arrays.copyOf(nonce, NONCE + sealed.length);
        System.arraycopy(sealed, 0, both, NONCE, sealed.length);
        return both;
    }

    /** @throws IllegalStateException when it was not closed with this key and id */
    public byte[] open(String id, byte[] sealed) {
        var nonce = Arrays.copyOf(sealed, NONCE);
        return aes(Cipher.DECRYPT_MODE, id, nonce, Arrays.copyOfRange(sealed, NONCE, sealed.length));
    }

    private byte[] aes(int mode, String id, byte[] nonce, byte[] text) {
        try {
            var cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(mode, key, new GCMParameterSpec(128, nonce));
            cipher.updateAAD(id.getBytes(StandardCharsets.UTF_8));
            return cipher.doFinal(text);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(
                    what + " " + id + " cannot be opened: was a part of the database restored alone?", e);
        }
    }
}
