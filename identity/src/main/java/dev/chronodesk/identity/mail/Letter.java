package dev.chronodesk.identity.mail;

import dev.chronodesk.identity.account.EmailAddress;

/** A mail before it is sent. */
public record Letter(String kind, EmailAddress recipient, String subject, String plain, String html) {

    @Override
    public String toString() {
        return "Letter[" + kind + "]";
    }
}
