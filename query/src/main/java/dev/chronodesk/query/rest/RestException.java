package dev.chronodesk.query.rest;

import org.jspecify.annotations.Nullable;

/** An answer other than rows, in PostgREST's shape. */
public final class RestException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int status;
    private final String code;
    private final String text;
    private final transient @Nullable Object details;
    private final @Nullable String hint;

    /** @param details a text, or what can be written as JSON */
    public RestException(int status, String code, String text, @Nullable Object details, @Nullable String hint) {
        super(text, null, false, false);
        this.status = status;
        this.code = code;
        this.text = text;
        this.details = details;
        this.hint = hint;
    }

    int status() {
        return status;
    }

    String code() {
        return code;
    }

    String text() {
        return text;
    }

    @Nullable
    Object details() {
        return details;
    }

    @Nullable
    String hint() {
        return hint;
    }

    /** What was asked cannot be understood. */
    static RestException unparsable(String what, String text, @Nullable String details) {
        return new RestException(
                400, "PGRST100", "failed to parse " + what + " (" + shortened(text) + ")", details, null);
    }

    static RestException noSuchColumn(String relation, String column) {
        return new RestException(
                400, "42703", "column " + relation + "." + shortened(column) + " does not exist", null, null);
    }

    /** @param near what may have been meant, or null */
    static RestException noSuchTable(String name, @Nullable String near) {
        return new RestException(
                404,
                "PGRST205",
                "Could not find the table 'public." + shortened(name) + "' in the schema cache",
                null,
                near == null ? null : "Perhaps you meant the table 'public." + near + "'");
    }

    /**
     * @param with what was given, as it is shown
     * @param near the signature that may have been meant, or null
     */
    static RestException noSuchFunction(String name, String with, @Nullable String near) {
        return new RestException(
                404,
                "PGRST202",
                "Could not find the function public." + shortened(name) + with + " in the schema cache",
                "Searched for the function public." + shortened(name) + with
                        + ", but no matches were found in the schema cache.",
                near == null ? null : "Perhaps you meant to call the function public." + near);
    }

    static RestException notOne(long rows) {
        return new RestException(
                406,
                "PGRST116",
                "Cannot coerce the result to a single JSON object",
                "The result contains " + rows + " rows",
                null);
    }

    static RestException outOfRange(String details) {
        return new RestException(416, "PGRST103", "Requested range not satisfiable", details, null);
    }

    /** Nobody needs a whole attack back. */
    static String shortened(String text) {
        return text.length() <= 200 ? text : text.substring(0, 200) + "…";
    }
}
