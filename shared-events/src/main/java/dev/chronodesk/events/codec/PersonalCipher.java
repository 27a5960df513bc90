package dev.chronodesk.events.codec;

import java.util.Optional;
import java.util.UUID;

/**
 * Encrypts what is about a person with a key of that person's own. Who has destroyed the key has erased everything that
 * was ever sealed with it. Called by many threads at once, once or twice an event.
 */
public interface PersonalCipher {

    /**
     * The value, encrypted; empty when the person's key is destroyed. A person without a key gets one, and it is kept
     * before this returns.
     *
     * @param place is not encrypted and must be the same when it is opened, so that nothing can be moved
     */
    Optional<byte[]> seal(UUID person, byte[] value, byte[] place);

    /**
     * The value that was sealed; empty when the person's key is destroyed.
     *
     * @throws UndecodableEventException when it was damaged or moved, or when there never was a key
     */
    Optional<byte[]> open(UUID person, byte[] sealed, byte[] place);
}
