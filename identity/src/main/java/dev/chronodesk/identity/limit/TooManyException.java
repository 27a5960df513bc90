package dev.chronodesk.identity.limit;

/** A limit is used up: 429, and later it will do. Says nothing about whom it was asked for. */
public final class TooManyException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final Limit limit;
    private final int seconds;

    TooManyException(Limit limit, int seconds) {
        super(limit.property() + " is used up", null, false, false);
        this.limit = limit;
        this.seconds = seconds;
    }

    /** Which one. */
    public Limit limit() {
        return limit;
    }

    /** What the clients switch on. */
    public String code() {
        return limit.ofMail() ? "over_email_send_rate_limit" : "over_request_rate_limit";
    }

    /** For people, as the clients know it. */
    public String message() {
        return limit.ofMail()
                ? "For security purposes, you can only request this after " + seconds + " seconds."
                : "Request rate limit reached";
    }

    /** After how many seconds the next one may come, at least 1. */
    public int seconds() {
        return seconds;
    }
}
