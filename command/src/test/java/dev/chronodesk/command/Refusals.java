package dev.chronodesk.command;

import dev.chronodesk.command.door.CommandRefusedException;
import dev.chronodesk.command.door.Refusal;
import org.hamcrest.CustomMatcher;
import org.hamcrest.Matcher;

/** Matches refusals by their type and what they carry, never by a message. */
public final class Refusals {

    private Refusals() {}

    public static Matcher<Object> refused(Refusal reason) {
        return new CustomMatcher<>("refused because of " + reason) {
            @Override
            public boolean matches(Object thrown) {
                return thrown instanceof CommandRefusedException refused
                        && refused.reason().equals(reason);
            }
        };
    }
}
