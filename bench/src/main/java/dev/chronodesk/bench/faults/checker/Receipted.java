package dev.chronodesk.bench.faults.checker;

import java.util.UUID;

/**
 * A receipt as far as the rules look at it.
 *
 * @param first position of its first event; of the head when it has none
 * @param last position of its last event; of the head when it has none
 * @param events how many events its outcome says that it has
 */
public record Receipted(UUID principal, String key, long first, long last, int events) {}
