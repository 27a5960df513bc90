package dev.chronodesk.identity.account;

/** Why an account said no. */
public sealed interface AccountRejection {

    /** Somebody has the address. */
    record AddressTaken() implements AccountRejection {}

    /** The address or the password is wrong; which one is not said. */
    record InvalidCredentials() implements AccountRejection {}

    /** Too short or too long. */
    record WeakPassword() implements AccountRejection {}

    /** A field has the wrong shape. The message names it. */
    record Malformed(String message) implements AccountRejection {}

    /** Carries a rejection to the answer. */
    final class Rejected extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final transient AccountRejection reason;

        Rejected(AccountRejection reason) {
            super(reason.toString(), null, false, false);
            this.reason = reason;
        }

        public AccountRejection reason() {
            return reason;
        }
    }
}
