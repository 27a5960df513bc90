package dev.chronodesk.bench.faults;

import dev.chronodesk.db.caller.Caller;
import dev.chronodesk.events.profile.Role;
import java.util.UUID;

/** Somebody who sends and reads. */
record Person(String name, UUID id, Role role, String token) {

    Caller.Known caller() {
        return new Caller.Known(id, role);
    }

    /** A token is a secret. */
    @Override
    public String toString() {
        return name;
    }
}
