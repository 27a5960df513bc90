package dev.chronodesk.events;

import java.util.UUID;

/**
 * Something that happened, for ever. One sealed interface per kind of stream extends this, in the package of its
 * feature; {@link dev.chronodesk.events.codec.EventCodec} names them all.
 */
public interface Event {

    /** The stream that this event belongs to. */
    UUID streamId();

    /** The kind of that stream. */
    StreamType streamType();
}
