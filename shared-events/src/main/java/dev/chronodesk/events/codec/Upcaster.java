package dev.chronodesk.events.codec;

import java.util.function.UnaryOperator;
import tools.jackson.databind.node.ObjectNode;

/**
 * Lifts the payload of one event type from one revision to the next.
 *
 * @param type logical name of the event
 * @param from revision that it reads; it writes {@code from + 1}
 */
public record Upcaster(String type, int from, UnaryOperator<ObjectNode> lift) {}
