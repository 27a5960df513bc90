package dev.chronodesk.events.codec;

/**
 * An event as the log keeps it.
 *
 * @param type logical name, never a class name
 * @param revision of the payload's shape, from 1
 * @param payload JSON in UTF-8, kept byte for byte
 */
@SuppressWarnings("ArrayRecordComponent") // the bytes are the point: they are stored, hashed and proved as they are
public record EncodedEvent(String type, int revision, byte[] payload) {}
