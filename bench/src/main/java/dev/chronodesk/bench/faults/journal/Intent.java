package dev.chronodesk.bench.faults.journal;

import java.util.UUID;

/**
 * A command that is about to be sent, once. Each retry is an intent of its own with the same key.
 *
 * @param send number of this sending in the journal
 * @param sender the person who sends it
 * @param key idempotency key, the same for all sendings of one command
 * @param command its name
 * @param bodyHash SHA-256 of the body in hexadecimal
 * @param target what it is sent to: the node's number and the ticket, for people who read the journal
 */
public record Intent(long send, UUID sender, String key, String command, String bodyHash, String target) {}
