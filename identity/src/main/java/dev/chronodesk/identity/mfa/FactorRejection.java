package dev.chronodesk.identity.mfa;

import java.time.Duration;

/** Why a second factor said no. */
public sealed interface FactorRejection {

    /** The person has no such factor. */
    record NoSuchFactor() implements FactorRejection {}

    /** The factor was not asked that. */
    record NoSuchChallenge() implements FactorRejection {}

    /** The person has a factor of that name. */
    record NameTaken() implements FactorRejection {}

    /** The person has as many factors as anybody may have. */
    record TooMany() implements FactorRejection {}

    /** The person has a verified factor and has to show it in this session before there is another one. */
    record SecondNeededToAdd() implements FactorRejection {}

    /** The factor is verified and has to be shown in this session before it goes. */
    record SecondNeededToRemove() implements FactorRejection {}

    /** Too late, answered already, or tried too often. */
    record ChallengeOver() implements FactorRejection {}

    /** The question was asked from elsewhere. */
    record AnotherAddress() implements FactorRejection {}

    /** Not the code of this time, or one that was taken before. */
    record WrongCode() implements FactorRejection {}

    /** Too many wrong codes: the next one is looked at after that time. */
    record TooSoon(Duration delay) implements FactorRejection {}

    /** The session ended meanwhile. */
    record SignedOut() implements FactorRejection {}

    /** Carries a rejection to the answer. */
    final class Rejected extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final transient FactorRejection reason;

        Rejected(FactorRejection reason) {
            super(reason.toString(), null, false, false);
            this.reason = reason;
        }

        public FactorRejection reason() {
            return reason;
        }
    }
}
