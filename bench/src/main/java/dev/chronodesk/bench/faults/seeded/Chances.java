package dev.chronodesk.bench.faults.seeded;

import java.util.Random;

/** Draws what happens to each use of a connection, from a seed. */
final class Chances {

    /** What happens to one use. */
    enum Fault {
        NONE,
        /** The connection is gone before the server has the statement. */
        LOST_BEFORE,
        /** The connection is gone after the server has carried it out, before the answer is here. */
        LOST_AFTER,
        /** It takes a few milliseconds longer. */
        DELAY
    }

    /** What a connection is used for. */
    enum Use {
        CONNECT,
        APPEND,
        OTHER
    }

    private Random random;
    private boolean calm;
    private int dark;

    Chances(long seed) {
        random = new Random(seed);
    }

    synchronized Fault next(Use use) {
        if (calm) return Fault.NONE;
        var chance = random.nextInt(1000);
        if (dark > 0) return dark(use);
        return switch (use) {
            case CONNECT -> chance < 5 ? Fault.LOST_BEFORE : Fault.NONE;
            case APPEND -> append(chance);
            case OTHER -> chance < 8 ? Fault.LOST_BEFORE : chance < 20 ? Fault.DELAY : Fault.NONE;
        };
    }

    /** Now and then more calls in a row are lost than the log tries again, so that the sender has to. */
    private Fault append(int chance) {
        if (chance < 10) {
            dark = 4;
            return Fault.LOST_AFTER;
        }
        if (chance < 30) return Fault.LOST_AFTER;
        if (chance < 50) return Fault.LOST_BEFORE;
        return chance < 150 ? Fault.DELAY : Fault.NONE;
    }

    private Fault dark(Use use) {
        if (use == Use.APPEND) dark--;
        return use == Use.APPEND ? Fault.LOST_BEFORE : Fault.NONE;
    }

    /** Milliseconds that a delay takes. */
    synchronized int delay() {
        return 1 + random.nextInt(4);
    }

    /** From now on everything may fail again, by that seed. */
    synchronized void begin(long seed) {
        random = new Random(seed);
        calm = false;
        dark = 0;
    }

    /** From now on nothing fails. */
    synchronized void calm() {
        calm = true;
    }
}
