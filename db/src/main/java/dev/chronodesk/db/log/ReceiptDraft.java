package dev.chronodesk.db.log;

import java.util.UUID;

/**
 * The receipt that is written in the same transaction as the events.
 *
 * @param principal the stable person or service account that sent the command
 * @param key the sender's idempotency key or a made one, up to 255 characters
 * @param fingerprint keyed hash of the command and its body: the same key with another body is refused
 * @param outcome what a retry is answered with, in ids only, JSON in UTF-8; positions are kept beside it
 */
@SuppressWarnings("ArrayRecordComponent") // compared as bytes where it matters
public record ReceiptDraft(UUID principal, String key, byte[] fingerprint, byte[] outcome) {}
