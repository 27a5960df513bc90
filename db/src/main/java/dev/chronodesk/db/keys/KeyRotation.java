package dev.chronodesk.db.keys;

import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Puts a new key-encryption key around the keys of persons; no event is touched. Nodes may run meanwhile: the new key
 * joins the old ones where they are kept before anything is wrapped by it, and a node that meets it reads them again.
 */
public final class KeyRotation {

    private static final int BATCH = 500;

    /** Until every node has noticed, so that none wraps by the old key any more. */
    private static final Duration NOTICED = PersonKeys.LOOK.multipliedBy(3);

    /** Told after every batch. */
    @FunctionalInterface
    public interface Progress {
        void at(long keys);
    }

    /**
     * What was done.
     *
     * @param keys that got another wrapping
     * @param primary the key that wraps them all now
     * @param resumed whether an earlier one was brought to its end; no new key was made then
     */
    public record Done(long keys, long primary, boolean resumed) {}

    private final KeyTable table;
    private final KeySource source;
    private final Progress progress;

    KeyRotation(KeyTable table, KeySource source, Progress progress) {
        this.table = table;
        this.source = source;
        this.progress = progress;
    }

    Done anew() throws InterruptedException {
        return alone(() -> {
            var held = held();
            var resumed = !table.wrappedOtherwise(0, held.primary(), 1).isEmpty();
            if (!resumed) {
                held = held.renewed();
                source.write(held);
            }
            return new Done(wrap(held), held.primary(), resumed);
        });
    }

    Done to(KeySource target) throws InterruptedException {
        if (target.equals(source)) throw new KeysUnusableException("chronodesk.keys.kek: " + source + " is it already");
        return alone(() -> {
            var held = held();
            var there = target.read();
            var resumed = there.isPresent() && there.orElseThrow().ids().containsAll(held.ids());
            var both = there.isPresent() ? joined(held, there.orElseThrow()) : held.renewed();
            if (target.isWritable()) target.write(both);
            else if (there.isEmpty())
                throw new KeysUnusableException("chronodesk.keys.kek: " + target + " is not set, and cannot be from"
                        + " here. Set it to a key set first.");
            if (source.isWritable()) source.write(both);
            return new Done(wrap(both), both.primary(), resumed);
        });
    }

    private static KeyEncryption joined(KeyEncryption held, KeyEncryption there) {
        try {
            return held.followedBy(there);
        } catch (GeneralSecurityException e) {
            throw new KeysUnusableException("chronodesk.keys.kek: the two key sets do not go together", e);
        }
    }

    private interface Step {
        Done run() throws InterruptedException;
    }

    private Done alone(Step step) throws InterruptedException {
        var interrupted = new ArrayList<InterruptedException>();
        var done = table.alone(unused -> {
            try {
                return List.of(step.run());
            } catch (InterruptedException e) {
                interrupted.add(e);
                return List.<Done>of();
            }
        });
        if (done.isEmpty()) throw interrupted.getFirst();
        return done.getFirst();
    }

    private KeyEncryption held() {
        return source.read()
                .orElseThrow(() -> new KeysUnusableException("chronodesk.keys.kek: " + source + " is not there"));
    }

    private long wrap(KeyEncryption by) throws InterruptedException {
        // first of all, because it is what nodes look at
        rewrap(table.canary().filter(row -> row.kek() != by.primary()).stream().toList(), by);
        var total = 0L;
        while (true) {
            var pass = pass(by, total);
            total += pass;
            Thread.sleep(NOTICED);
            if (table.wrappedOtherwise(0, by.primary(), 1).isEmpty()) return total;
        }
    }

    private long pass(KeyEncryption by, long before) {
        var done = 0L;
        var rows = table.wrappedOtherwise(0, by.primary(), BATCH);
        while (!rows.isEmpty()) {
            rewrap(rows, by);
            done += rows.size();
            progress.at(before + done);
            rows = table.wrappedOtherwise(rows.getLast().number(), by.primary(), BATCH);
        }
        return done;
    }

    private void rewrap(List<KeyTable.Row> rows, KeyEncryption by) {
        var wrapped = new ArrayList<byte[]>();
        for (var row : rows) {
            var old = row.wrapped();
            if (old == null) throw new IllegalStateException("a destroyed key is not wrapped");
            try {
                wrapped.add(by.wrap(row.person(), by.unwrap(row.person(), old)));
            } catch (GeneralSecurityException e) {
                throw new KeysUnusableException(
                        "chronodesk.keys.kek: the key of " + row.person() + " cannot be opened with " + source
                                + ". Everything that was wrapped before stays as it was.",
                        e);
            }
        }
        table.rewrap(rows, wrapped, by.primary());
    }
}
