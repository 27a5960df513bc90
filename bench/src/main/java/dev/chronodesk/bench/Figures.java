package dev.chronodesk.bench;

import java.util.Arrays;
import java.util.List;

/** What is done with figures. */
public final class Figures {

    private Figures() {}

    /** The middle one, the upper of two. */
    public static double median(List<Double> values) {
        var sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return sorted.length == 0 ? Double.NaN : sorted[sorted.length / 2];
    }

    /** The value below which that part of them is. */
    public static double at(double part, List<Double> values) {
        var sorted = values.stream().mapToDouble(Double::doubleValue).toArray();
        Arrays.sort(sorted);
        return sorted[(int) Math.min(sorted.length - 1L, (long) (part * sorted.length))];
    }

    /** Megabytes of heap in use after a collection. */
    public static double heapMegabytes() {
        System.gc();
        var runtime = Runtime.getRuntime();
        return (runtime.totalMemory() - runtime.freeMemory()) / 1e6;
    }
}
