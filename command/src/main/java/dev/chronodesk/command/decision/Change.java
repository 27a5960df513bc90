package dev.chronodesk.command.decision;

import dev.chronodesk.events.Event;

/**
 * An event that was decided.
 *
 * @param version of its stream after it
 */
public record Change(Event event, int version) {}
