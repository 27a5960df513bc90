package dev.chronodesk.identity.mail;

import jakarta.mail.internet.MimeMessage;

/** A way out of the house. */
interface Delivery {

    /** What became of an attempt. */
    sealed interface Outcome {

        /** It is out of our hands. */
        record Sent(String reply) implements Outcome {}

        /** The server will not have it, now or later. */
        record Bounced(String reply) implements Outcome {}

        /** It may go better later. */
        record NotNow(String reply) implements Outcome {}
    }

    Outcome send(MimeMessage message, String name);

    /** Where mail goes, for the console. */
    String where();
}
