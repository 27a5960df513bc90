package dev.chronodesk.db.keys;

import com.google.crypto.tink.Aead;
import com.google.crypto.tink.KmsClient;
import com.google.crypto.tink.subtle.AesGcmJce;
import java.security.GeneralSecurityException;
import java.util.concurrent.atomic.AtomicInteger;

/** A key-management service in this process: it encrypts with a key that it does not give away. */
final class OtherService implements KmsClient {

    static final String URI = "test-kms://desk/key";

    private final AtomicInteger asked = new AtomicInteger();

    int asked() {
        return asked.get();
    }

    @Override
    public boolean doesSupport(String uri) {
        return uri.equals(URI);
    }

    @Override
    public KmsClient withCredentials(String path) {
        return this;
    }

    @Override
    public KmsClient withDefaultCredentials() {
        return this;
    }

    @Override
    public Aead getAead(String uri) throws GeneralSecurityException {
        asked.incrementAndGet();
        return new AesGcmJce(new byte[32]);
    }
}
