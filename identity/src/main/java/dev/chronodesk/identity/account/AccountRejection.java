package dev.chronodesk.identity.account;

/** Why an account said no. */
public sealed interface AccountRejection {

    /** Somebody has the address. */
    record AddressTaken() implements AccountRejection {}

    /** The address or the password is wrong; which one is not said. */
    record InvalidCredentials() implements AccountRejection {}

    /** The password is right, and the address was never confirmed. */
    record NotConfirmed() implements AccountRejection {}

    /** Nobody may choose that password. */
    record WeakPassword(Passwords.Weakness weakness) implements AccountRejection {}

    /** A field has the wrong shape. The message names it. */
    record Malformed(String message) implements AccountRejection {}

    /** Carries a rejection to the answer. */
    final class Rejected extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final transient AccountRejection reason;

        public Rejected(AccountRejection reason) {
            super(reason.toString(), null, false, false);
            this.reason = reason;
        }

        public AccountRejection reason() {
            return reason;
        }
    }
}
