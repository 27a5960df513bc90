package dev.chronodesk.identity.auth;

/** Carries a refusal to the answer. */
public final class AuthRefusedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient AuthError error;

    public AuthRefusedException(AuthError error) {
        super(error.code(), null, false, false);
        this.error = error;
    }

    AuthError error() {
        return error;
    }
}
