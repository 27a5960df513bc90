package dev.chronodesk.identity.door;

/** Why the door stays closed, before any path says how to answer it. */
enum Unadmitted {
    /** The header is no bearer token, or there are two of it. */
    BAD_HEADER("Authorization must be Bearer and one token"),
    UNKNOWN_KEY("Invalid API key"),
    BAD_TOKEN("JWT invalid"),
    EXPIRED_TOKEN("JWT expired"),
    NO_USER("the person of this token does not exist"),
    NO_SESSION("the session of this token has ended"),
    BARRED("this account is disabled"),
    OUT_OF_SCOPE("the scopes of this key do not cover this request");

    private final String message;

    Unadmitted(String message) {
        this.message = message;
    }

    String message() {
        return message;
    }
}
