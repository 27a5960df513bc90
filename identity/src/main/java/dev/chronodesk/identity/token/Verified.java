package dev.chronodesk.identity.token;

import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What tokens say whose signature was verified, by the whole token. Bounded by two halves: when the young one is full
 * it becomes the old one, and what was not asked for since is forgotten.
 *
 * @param <T> what a token says
 */
public final class Verified<T> {

    private final int half;
    private volatile ConcurrentHashMap<String, T> young = new ConcurrentHashMap<>();
    private volatile ConcurrentHashMap<String, T> old = new ConcurrentHashMap<>();

    /** @param atMost how many tokens are remembered */
    public Verified(int atMost) {
        half = atMost / 2;
    }

    /** What that token says; null when it is not remembered. */
    public @Nullable T get(String token) {
        var found = young.get(token);
        if (found != null) return found;
        found = old.get(token);
        if (found != null) put(token, found);
        return found;
    }

    /** Remembers what that token says. */
    public void put(String token, T read) {
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
