package dev.chronodesk.command.door;

import dev.chronodesk.db.caller.Caller;

/**
 * Sends one command and returns what it did, after its events are durable. HTTP, sign-up and import all come through
 * here.
 */
public interface Commands {

    /**
     * Decides and appends.
     *
     * @param command one of the command records
     * @param sender who sends it, verified
     * @throws CommandRefusedException with the reason as a type; nothing was appended
     * @throws dev.chronodesk.db.log.LogUnavailableException when the outcome is not known yet; the same key finds out
     */
    Outcome send(Object command, Caller.Known sender, Terms terms);
}
