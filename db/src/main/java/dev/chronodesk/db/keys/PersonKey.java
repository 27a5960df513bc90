package dev.chronodesk.db.keys;

import com.google.crypto.tink.Aead;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A person's key as this node holds it: still wrapped, ready, or destroyed. It only ever goes on in that order. */
final class PersonKey {

    final UUID person;
    private volatile byte @Nullable [] wrapped;
    private volatile @Nullable Aead ready;
    private volatile boolean destroyed;

    /** @param wrapped null for a destroyed one */
    PersonKey(UUID person, byte @Nullable [] wrapped) {
        this.person = person;
        this.wrapped = wrapped;
        this.destroyed = wrapped == null;
    }

    boolean isDestroyed() {
        return destroyed;
    }

    byte @Nullable [] wrapped() {
        return wrapped;
    }

    @Nullable
    Aead ready() {
        return ready;
    }

    void ready(Aead aead) {
        ready = aead;
        wrapped = null;
        if (destroyed) ready = null;
    }

    void destroy() {
        destroyed = true;
        ready = null;
        wrapped = null;
    }
}
