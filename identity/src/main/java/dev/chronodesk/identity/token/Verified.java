package dev.chronodesk.identity.token;

import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Tokens whose signature was verified, by the whole token. Bounded by two halves: when the young one is full it becomes
 * the old one, and what was not asked for since is forgotten.
 */
final class Verified {

    private final int half;
    private volatile ConcurrentHashMap<String, AccessToken> young = new ConcurrentHashMap<>();
    private volatile ConcurrentHashMap<String, AccessToken> old = new ConcurrentHashMap<>();

    Verified(int atMost) {
        half = atMost / 2;
    }

    @Nullable
    AccessToken get(String token) {
        var found = young.get(token);
        if (found != null) return found;
        found = old.get(token);
        if (found != null) put(token, found);
        return found;
    }

    void put(String token, AccessToken read) {
        young.put(token, read);
        if (young.size() >= half) age();
    }

    private synchronized void age() {
        if (young.size() < half) return;
        old = young;
        young = new ConcurrentHashMap<>();
    }

    int size() {
        return young.size() + old.size();
    }
}
