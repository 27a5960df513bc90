package dev.chronodesk.bench;

import java.util.ArrayList;

/**
 * What a long history costs the next command on it: comments on a ticket of ten events and on one of ten thousand, in
 * turns, when the tickets are in memory and when they have to be read from the log first.
 */
final class LongTicket {

    private static final int SHORT = 10;
    private static final int LONG = 10_000;

    private LongTicket() {}

    /** @param arguments comments on each ticket (1,000) and so many of each that are read from the log first (100) */
    public static void main(String[] arguments) throws Exception {
        var warm = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 1_000;
        var cold = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 100;
        try (var server = new Server();
                var remembering = new OurContender(server);
                var forgetful = new OurContender(server, 1)) {
            remembering.open(2);
            forgetful.take(remembering);
            lengthen(remembering, 0, SHORT);
            lengthen(remembering, 1, LONG);
            System.out.printf(
                    "PostgreSQL %s, fsync on, %d processors, tickets of %d and %,d events, in turns%n",
                    server.version(), Runtime.getRuntime().availableProcessors(), SHORT, LONG);
            measure("in memory", remembering, warm);
            measure("read from the log first", forgetful, cold);
        }
    }

    private static void lengthen(OurContender ours, int ticket, int events) {
        for (var i = 1; i < events; i++) ours.comment(ticket);
    }

    private static void measure(String what, OurContender ours, int times) {
        var ofShort = new ArrayList<Double>();
        var ofLong = new ArrayList<Double>();
        for (var i = 0; i < times; i++) {
            ofShort.add(millis(ours, 0));
            ofLong.add(millis(ours, 1));
        }
        System.out.printf(
                "%-24s short p50 %.2f ms, p99 %.2f ms; long p50 %.2f ms, p99 %.2f ms = %.2f x%n",
                what,
                Figures.median(ofShort),
                Figures.at(0.99, ofShort),
                Figures.median(ofLong),
                Figures.at(0.99, ofLong),
                Figures.at(0.99, ofLong) / Figures.at(0.99, ofShort));
    }

    private static double millis(OurContender ours, int ticket) {
        var from = System.nanoTime();
        ours.comment(ticket);
        return (System.nanoTime() - from) / 1e6;
    }
}
