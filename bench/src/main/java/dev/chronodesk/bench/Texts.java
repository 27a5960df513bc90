package dev.chronodesk.bench;

/** What every contender stores: texts that make an event's payload about 450 bytes of JSON. */
final class Texts {

    static final String SUBJECT = "The printer on the second floor is on fire again";

    static final String DESCRIPTION =
            "It began to smoke at nine, and the tray is hot. ".repeat(3).strip();

    static final String BODY = "Please unplug it and stand back; somebody is on the way. "
            .repeat(4)
            .strip();

    private Texts() {}
}
