package dev.chronodesk.db.keys;

import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The keys that were used lately, in two halves: what is asked for moves to the young one, and when that is full the
 * old one is forgotten. Bounded, and nobody waits for anybody.
 */
final class RecentKeys {

    private final int half;
    private volatile Map<UUID, PersonKey> young = new ConcurrentHashMap<>();
    private volatile Map<UUID, PersonKey> old = Map.of();

    RecentKeys(int capacity) {
        this.half = capacity / 2;
    }

    @Nullable
    PersonKey get(UUID person) {
        var found = young.get(person);
        if (found != null) return found;
        found = old.get(person);
        if (found != null) put(person, found);
        return found;
    }

    void put(UUID person, PersonKey key) {
        var into = young;
        into.put(person, key);
        if (into.size() < half) return;
        synchronized (this) {
            if (young != into) return;
            old = into;
            young = new ConcurrentHashMap<>();
        }
    }

    void remove(UUID person) {
        var here = young;
        var there = old;
        here.remove(person);
        if (there instanceof ConcurrentHashMap) there.remove(person);
    }
}
