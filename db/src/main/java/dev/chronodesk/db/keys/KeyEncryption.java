package dev.chronodesk.db.keys;

import com.google.crypto.tink.Aead;
import com.google.crypto.tink.Configuration;
import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.TinkJsonProtoKeysetFormat;
import com.google.crypto.tink.aead.AeadConfig;
import com.google.crypto.tink.aead.PredefinedAeadParameters;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/**
 * The key-encryption key with its predecessors: wraps with the newest and opens with whichever wrapped. A key's number
 * is Tink's id of it.
 */
final class KeyEncryption {

    private static final Configuration TINK = tink();

    private static Configuration tink() {
        try {
            AeadConfig.register();
            return RegistryConfiguration.get();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Tink has no AEAD", e);
        }
    }

    private final KeysetHandle keys;
    private final Aead aead;

    private KeyEncryption(KeysetHandle keys) throws GeneralSecurityException {
        this.keys = keys;
        this.aead = keys.getPrimitive(TINK, Aead.class);
    }

    static KeyEncryption made() {
        try {
            return new KeyEncryption(KeysetHandle.generateNew(PredefinedAeadParameters.AES256_GCM, TINK));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a key cannot be made", e);
        }
    }

    /** From Tink's JSON. */
    static KeyEncryption of(String json) throws GeneralSecurityException {
        return new KeyEncryption(TinkJsonProtoKeysetFormat.parseKeyset(json, TINK, InsecureSecretKeyAccess.get()));
    }

    /** From Tink's JSON, encrypted with another key. */
    static KeyEncryption of(String json, Aead outer) throws GeneralSecurityException {
        return new KeyEncryption(TinkJsonProtoKeysetFormat.parseEncryptedKeyset(json, outer, new byte[0], TINK));
    }

    String json() throws GeneralSecurityException {
        return TinkJsonProtoKeysetFormat.serializeKeyset(keys, TINK, InsecureSecretKeyAccess.get());
    }

    String json(Aead outer) throws GeneralSecurityException {
        return TinkJsonProtoKeysetFormat.serializeEncryptedKeyset(keys, outer, new byte[0], TINK);
    }

    /** These keys and a new one, which wraps from now on. */
    KeyEncryption renewed() {
        try {
            return new KeyEncryption(KeysetHandle.newBuilder(keys)
                    .addEntry(KeysetHandle.generateEntryFromParameters(PredefinedAeadParameters.AES256_GCM)
                            .withRandomId()
                            .makePrimary())
                    .build());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a key cannot be made", e);
        }
    }

    /** These keys and the other ones, whose newest wraps from now on. */
    KeyEncryption followedBy(KeyEncryption other) throws GeneralSecurityException {
        var union = KeysetHandle.newBuilder();
        var newest = other.keys.getPrimary().getId();
        for (var from : List.of(other.keys, keys))
            for (var i = 0; i < from.size(); i++) {
                var entry = from.getAt(i);
                if (from == keys && other.ids().contains(number(entry.getId()))) continue;
                var copy = KeysetHandle.importKey(entry.getKey()).withFixedId(entry.getId());
                union.addEntry(from == other.keys && entry.getId() == newest ? copy.makePrimary() : copy);
            }
        return new KeyEncryption(union.build());
    }

    long primary() {
        return number(keys.getPrimary().getId());
    }

    Set<Long> ids() {
        var ids = new TreeSet<Long>();
        for (var i = 0; i < keys.size(); i++) ids.add(number(keys.getAt(i).getId()));
        return ids;
    }

    /** Tink's ids are unsigned. */
    private static long number(int id) {
        return Integer.toUnsignedLong(id);
    }

    byte[] wrap(UUID person, byte[] key) {
        try {
            return aead.encrypt(key, bytes(person));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a key cannot be wrapped", e);
        }
    }

    byte[] unwrap(UUID person, byte[] wrapped) throws GeneralSecurityException {
        return aead.decrypt(wrapped, bytes(person));
    }

    private static byte[] bytes(UUID id) {
        return ByteBuffer.allocate(16)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .array();
    }
}
