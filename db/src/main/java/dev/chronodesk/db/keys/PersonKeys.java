package dev.chronodesk.db.keys;

import com.google.crypto.tink.Aead;
import com.google.crypto.tink.subtle.Random;
import dev.chronodesk.db.log.LogUnavailableException;
import dev.chronodesk.events.codec.PersonalCipher;
import dev.chronodesk.events.codec.UndecodableEventException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys of persons, on every node. A person's AES-256-GCM key is made when something about them is first sealed, and
 * kept wrapped in {@code log.person_key} before anything sealed with it can be appended. A key destroyed on one node is
 * out of use on the others within {@link #LOOK} and the time of one query.
 */
public final class PersonKeys implements PersonalCipher, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(PersonKeys.class);

    /** How often a node asks whether a key was destroyed, or wrapped by another key-encryption key. */
    public static final Duration LOOK = Duration.ofSeconds(1);

    private static final int BYTES = 32;
    private static final int CAPACITY = 200_000;

    /** Keys that are fetched together when one is missing: a rebuild meets persons in about the order of making. */
    private static final int AHEAD = 128;

    /**
     * How it stands with the keys.
     *
     * @param source where the key-encryption key is
     * @param primary the one that wraps now
     * @param wrappings how many keys each one wraps
     * @param destroyed how many keys were destroyed
     */
    public record Status(String source, long primary, Map<Long, Long> wrappings, long destroyed) {}

    private final KeyTable table;
    private final KeySource source;
    private final KeySettings settings;
    private final DestroyedKeys list;
    private final RecentKeys recent = new RecentKeys(CAPACITY);
    private final Set<UUID> listed = new HashSet<>();
    private final Thread looking;

    private volatile KeyEncryption kek;
    private volatile boolean closed;

    /** Goes up before keys leave memory: whoever fetched one meanwhile sees that it may be an old one. */
    private volatile long epoch;

    private volatile long destroyed;
    private @Nullable Path made;
    private boolean warned;

    private PersonKeys(DataSource source, KeySettings settings) {
        this.table = new KeyTable(source);
        this.settings = settings;
        this.source = KeySource.of(settings.kek(), settings.directory(), source);
        this.list = new DestroyedKeys(settings.destroyed());
        this.kek = table.alone(unused -> held());
        recall();
        this.looking = Thread.ofPlatform().name("keys").daemon(true).unstarted(this::look);
    }

    /**
     * The keys of that database. Makes the key-encryption key when the database is new, and applies the list of
     * destroyed keys to it.
     *
     * @throws KeysUnusableException when the key-encryption key is missing, or is another one than the database's
     */
    public static PersonKeys open(DataSource source, KeySettings settings) {
        var keys = new PersonKeys(source, settings);
        keys.looking.start();
        return keys;
    }

    /** The key-encryption key, which is never made while there are keys that another one wraps. */
    private KeyEncryption held() {
        var there = source.read();
        var canary = table.canary();
        if (canary.isPresent()) {
            var found = there.orElseThrow(() -> new KeysUnusableException("chronodesk.keys.kek: " + source
                    + " is not there, and this database holds keys of persons that only it opens. Put it back from"
                    + " its backup, or from another node. None is made anew: everything about people would be lost."));
            check(found, canary.orElseThrow());
            return found;
        }
        var first = there.orElseGet(this::make);
        var key = Random.randBytes(BYTES);
        table.keep(KeyTable.NOBODY, first.primary(), first.wrap(KeyTable.NOBODY, key));
        return first;
    }

    private KeyEncryption make() {
        if (!source.isWritable())
            throw new KeysUnusableException("chronodesk.keys.kek: " + source + " is not set. It must hold a Tink key"
                    + " set of AES-256-GCM in JSON, as base64; docs/operations.md says how to get one.");
        var first = KeyEncryption.made();
        source.write(first);
        if (source instanceof KeySource.InFile(var file)) made = file;
        return first;
    }

    private void check(KeyEncryption found, KeyTable.Row canary) {
        try {
            var wrapped = canary.wrapped();
            if (wrapped == null) throw new GeneralSecurityException("the key of nobody was destroyed");
            found.unwrap(canary.person(), wrapped);
        } catch (GeneralSecurityException e) {
            throw new KeysUnusableException(
                    "chronodesk.keys.kek: " + source + " holds the keys " + found.ids()
                            + ", and this database needs " + canary.kek() + ". All nodes of a database share one"
                            + " key-encryption key: copy it from a node that runs, or put it back from its backup.",
                    e);
        }
    }

    /** Makes database and list say the same: what is destroyed in one of them is destroyed. */
    private void recall() {
        try {
            listed.addAll(list.read().keySet());
            var there = new HashSet<UUID>();
            for (var each : table.destroyedAfter(0)) {
                there.add(each.person());
                destroyed = each.number();
            }
            var missing = new HashSet<>(listed);
            missing.removeAll(there);
            if (!missing.isEmpty()) {
                // read tables of the same backup still show them; that is remembered until they are made anew
                Files.write(rebuildNeeded(), List.of());
                table.destroy(missing);
                LOG.warn("{} keys destroyed before this database was restored are destroyed again", missing.size());
            }
            there.removeAll(listed);
            list.add(there, Instant.now());
            listed.addAll(there);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "chronodesk.keys.directory: the list " + settings.destroyed() + " cannot be used", e);
        }
    }

    private Path rebuildNeeded() {
        return settings.directory().resolve("rebuild-needed");
    }

    /** Whether the read tables may still show what was erased: keys were destroyed, and nobody made the tables anew. */
    public boolean needsRebuild() {
        return Files.exists(rebuildNeeded());
    }

    /** The read tables were made anew. */
    public void rebuilt() {
        try {
            Files.deleteIfExists(rebuildNeeded());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The file with the key-encryption key if it was made just now: somebody must be told to back it up. */
    public Optional<Path> made() {
        return Optional.ofNullable(made);
    }

    @Override
    public Optional<byte[]> seal(UUID person, byte[] value, byte[] place) {
        var key = key(person, 1);
        var aead = key == null ? ready(first(person)) : ready(key);
        if (aead == null) return Optional.empty();
        try {
            return Optional.of(aead.encrypt(value, place));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-GCM cannot be used", e);
        }
    }

    @Override
    public Optional<byte[]> open(UUID person, byte[] sealed, byte[] place) {
        var key = key(person, AHEAD);
        if (key == null) throw new UndecodableEventException("there never was a key of " + person);
        var aead = ready(key);
        if (aead == null) return Optional.empty();
        try {
            return Optional.of(aead.decrypt(sealed, place));
        } catch (GeneralSecurityException e) {
            throw new UndecodableEventException("what is sealed for " + person + " was damaged or moved", e);
        }
    }

    private PersonKey first(UUID person) {
        var by = kek;
        table.keep(person, by.primary(), by.wrap(person, Random.randBytes(BYTES)));
        var kept = key(person, 1);
        if (kept == null) throw new LogUnavailableException("the key of " + person + " was not kept", null);
        return kept;
    }

    private @Nullable PersonKey key(UUID person, int ahead) {
        var known = recent.get(person);
        return known != null ? known : fetched(person, ahead);
    }

    private @Nullable PersonKey fetched(UUID person, int ahead) {
        var before = epoch;
        PersonKey wanted = null;
        var rows = table.from(person, ahead);
        for (var row : rows) {
            var key = new PersonKey(row.person(), row.wrapped());
            if (wanted == null) wanted = key;
            recent.put(row.person(), key);
        }
        if (before != epoch) for (var row : rows) recent.remove(row.person());
        return wanted;
    }

    /** Null when it is destroyed. */
    private @Nullable Aead ready(PersonKey key) {
        var ready = key.ready();
        if (ready != null) return ready;
        var wrapped = key.wrapped();
        if (wrapped == null) return key.isDestroyed() ? null : key.ready();
        try {
            var aead = new PooledGcm(unwrapped(key.person, wrapped));
            key.ready(aead);
            return key.isDestroyed() ? null : aead;
        } catch (GeneralSecurityException e) {
            throw new UndecodableEventException("the key of " + key.person + " is damaged", e);
        }
    }

    private byte[] unwrapped(UUID person, byte[] wrapped) throws GeneralSecurityException {
        try {
            return kek.unwrap(person, wrapped);
        } catch (GeneralSecurityException e) {
            var before = kek.ids();
            reload();
            if (kek.ids().equals(before)) {
                if (before.contains(wrapper(wrapped))) throw e;
                throw new LogUnavailableException(
                        "keys of persons are wrapped by another key than those in " + source, e);
            }
            return kek.unwrap(person, wrapped);
        }
    }

    /** Which key-encryption key that was: Tink writes it in front, after one byte for the format. */
    private static long wrapper(byte[] wrapped) {
        var id = 0L;
        for (var i = 1; i < 5 && i < wrapped.length; i++) id = id << 8 | (wrapped[i] & 0xFF);
        return id;
    }

    private synchronized void reload() {
        source.read().ifPresent(there -> kek = there);
    }

    /**
     * Destroys the person's key: on the list, then in the database, then here. What was sealed with it is erased for
     * ever, what is sealed for them from now on is written as erased. Read tables show it until they are made anew:
     * whoever has done that says so with {@link #rebuilt}, and who is killed before is reminded by
     * {@link #needsRebuild}.
     */
    public void destroy(UUID person) {
        if (person.equals(KeyTable.NOBODY)) throw new IllegalArgumentException("nobody has no data");
        try {
            Files.write(rebuildNeeded(), List.of());
        } catch (IOException e) {
            throw unwritten(e);
        }
        erase(person);
    }

    /**
     * The same where the log says that the person is erased: the read tables follow it, and need not be made anew. May
     * be told again and again.
     */
    public void erase(UUID person) {
        var there = table.from(person, 1);
        if (!there.isEmpty() && there.getFirst().wrapped() == null) {
            forget(List.of(person)); // this node may not have noticed yet
            return;
        }
        try {
            synchronized (listed) {
                list.add(List.of(person), Instant.now());
                listed.add(person);
            }
        } catch (IOException e) {
            throw unwritten(e);
        }
        table.destroy(List.of(person));
        forget(List.of(person));
    }

    private UncheckedIOException unwritten(IOException e) {
        return new UncheckedIOException(
                "chronodesk.keys.directory: the list " + settings.destroyed()
                        + " cannot be written; the key is not destroyed",
                e);
    }

    private void forget(List<UUID> persons) {
        synchronized (recent) {
            epoch++;
        }
        for (var person : persons) {
            var key = recent.get(person);
            if (key != null) key.destroy();
        }
    }

    private void look() {
        while (!closed) {
            try {
                Thread.sleep(LOOK);
                lookOnce();
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                if (!closed) LOG.debug("What happened to the keys cannot be seen now", e);
            }
        }
    }

    private void lookOnce() {
        var news = table.destroyedAfter(destroyed);
        if (!news.isEmpty()) {
            var persons = news.stream().map(KeyTable.Destroyed::person).toList();
            forget(persons);
            try {
                synchronized (listed) {
                    var unlisted = persons.stream()
                            .filter(person -> !listed.contains(person))
                            .toList();
                    list.add(unlisted, Instant.now());
                    listed.addAll(unlisted);
                }
                destroyed = news.getLast().number();
            } catch (IOException e) {
                LOG.error("{} cannot be written: keys destroyed elsewhere are not on it", settings.destroyed(), e);
            }
        }
        var canary = table.canary().orElseThrow(() -> new IllegalStateException("the key of nobody is gone"));
        if (canary.kek() == kek.primary()) return;
        reload();
        if (canary.kek() != kek.primary() && !warned) {
            warned = true;
            LOG.warn(
                    "Keys of persons are wrapped by {} now, and {} does not have it as its newest: set"
                            + " chronodesk.keys.kek as it was changed, and start this node again",
                    canary.kek(),
                    source);
        }
    }

    /**
     * How many keys were destroyed until now, on whichever node. What was opened before the last one may show somebody.
     */
    public long erasures() {
        return table.lastDestroyed();
    }

    /** How many of them are out of use on this node: what it opens from now on shows nobody of those. */
    public long heeded() {
        return destroyed;
    }

    /** How it stands with the keys. */
    public Status status() {
        var destroyedNow = table.destroyedAfter(0).size();
        return new Status(source.toString(), kek.primary(), table.wrappings(), destroyedNow);
    }

    /** Wraps all keys by a new key-encryption key, or goes on with that if it was interrupted. */
    public KeyRotation.Done rotate(KeyRotation.Progress progress) throws InterruptedException {
        return rotation(progress).anew();
    }

    /**
     * The same, and keeps the key-encryption key somewhere else from now on.
     *
     * @param to as in {@code chronodesk.keys.kek}
     */
    public KeyRotation.Done rotate(String to, KeyRotation.Progress progress) throws InterruptedException {
        return rotation(progress).to(KeySource.of(to, settings.directory(), table.source()));
    }

    private KeyRotation rotation(KeyRotation.Progress progress) {
        return new KeyRotation(table, source, progress);
    }

    /** Ends the looking; keys in memory are given up. */
    @Override
    public void close() {
        closed = true;
        looking.interrupt();
        try {
            looking.join(Duration.ofSeconds(10));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
