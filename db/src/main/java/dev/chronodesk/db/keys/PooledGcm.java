package dev.chronodesk.db.keys;

import com.google.crypto.tink.Aead;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * AES-256-GCM, byte for byte as Tink's {@code AesGcmJce}: nonce, ciphertext, tag. Tink keeps a cipher and a generator
 * of random numbers for each thread. Every request has a thread of its own here, and making those two took longer than
 * all else that is done for a command; so they are shared.
 */
final class PooledGcm implements Aead {

    private static final int NONCE = 12;
    private static final int TAG = 16;

    private static final int KEPT = 64;

    /**
     * The one used last comes first: it often has the same key again, for the other text of an event, and then the
     * key's schedule is not computed again.
     */
    private static final Deque<Cipher> CIPHERS = new ConcurrentLinkedDeque<>();

    private static final AtomicInteger POOLED = new AtomicInteger();
    private static final Nonces NONCES = new Nonces();

    private final SecretKeySpec key;

    PooledGcm(byte[] key) {
        if (key.length != 32) throw new IllegalArgumentException("a key of AES-256 has 32 bytes");
        this.key = new SecretKeySpec(key, "AES");
    }

    @Override
    public byte[] encrypt(byte[] plaintext, byte @Nullable [] associated) throws GeneralSecurityException {
        var sealed = new byte[NONCE + plaintext.length + TAG];
        NONCES.fill(sealed);
        var cipher = borrowed();
        cipher.init(Cipher.ENCRYPT_MODE, key, new GCMParameterSpec(TAG * 8, sealed, 0, NONCE));
        if (associated != null) cipher.updateAAD(associated);
        cipher.doFinal(plaintext, 0, plaintext.length, sealed, NONCE);
        giveBack(cipher);
        return sealed;
    }

    @Override
    public byte[] decrypt(byte[] sealed, byte @Nullable [] associated) throws GeneralSecurityException {
        if (sealed.length < NONCE + TAG) throw new GeneralSecurityException("too short to be sealed");
        var cipher = borrowed();
        cipher.init(Cipher.DECRYPT_MODE, key, new GCMParameterSpec(TAG * 8, sealed, 0, NONCE));
        if (associated != null) cipher.updateAAD(associated);
        var opened = cipher.doFinal(sealed, NONCE, sealed.length - NONCE);
        giveBack(cipher);
        return opened;
    }

    private static Cipher borrowed() throws GeneralSecurityException {
        var cipher = CIPHERS.pollFirst();
        if (cipher == null) return Cipher.getInstance("AES/GCM/NoPadding");
        POOLED.decrementAndGet();
        return cipher;
    }

    /** One that failed is not given back: nobody knows what state it is in. */
    private static void giveBack(Cipher cipher) {
        // about so many: a few more do no harm
        if (POOLED.get() >= KEPT) return;
        POOLED.incrementAndGet();
        CIPHERS.addFirst(cipher);
    }

    /** Random nonces, fetched many at once; each is given out once and forgotten here. */
    private static final class Nonces {
        private final SecureRandom random = new SecureRandom();
        private final byte[] bytes = new byte[NONCE * 512];
        private final ByteBuffer buffer = ByteBuffer.wrap(bytes).limit(0);

        synchronized void fill(byte[] target) {
            if (buffer.remaining() < NONCE) {
                random.nextBytes(bytes);
                buffer.clear();
            }
            var at = buffer.position();
            buffer.get(target, 0, NONCE);
            Arrays.fill(bytes, at, at + NONCE, (byte) 0);
        }
    }
}
