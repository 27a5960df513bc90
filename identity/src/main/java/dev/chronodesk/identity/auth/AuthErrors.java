package dev.chronodesk.identity.auth;

import dev.chronodesk.command.door.CommandRefusedException;
import dev.chronodesk.command.door.Refusal;
import dev.chronodesk.command.profile.ProfileRejection;
import dev.chronodesk.db.log.LogUnavailableException;
import dev.chronodesk.identity.account.AccountRejection;
import dev.chronodesk.identity.account.Passwords;
import dev.chronodesk.identity.limit.TooManyException;
import dev.chronodesk.identity.mfa.FactorRejection;
import dev.chronodesk.identity.provider.ProviderUnavailableException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/** Answers what the calls of {@code /auth/v1} refuse, in the shape of the contract. */
@RestControllerAdvice("dev.chronodesk.identity")
@Order(Ordered.HIGHEST_PRECEDENCE)
public final class AuthErrors {

    private static final Logger LOG = LoggerFactory.getLogger(AuthErrors.class);

    @ExceptionHandler
    void refused(AuthRefusedException refused, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        refused.error().write(request, response);
    }

    @ExceptionHandler
    void rejected(AccountRejection.Rejected rejected, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        var error =
                switch (rejected.reason()) {
                    case AccountRejection.AddressTaken _ ->
                        AuthError.of(422, "user_already_exists", "User already registered");
                    case AccountRejection.InvalidCredentials _ ->
                        AuthError.of(400, "invalid_credentials", "Invalid login credentials");
                    case AccountRejection.NotConfirmed _ ->
                        AuthError.of(400, "email_not_confirmed", "Email not confirmed");
                    case AccountRejection.WeakPassword weak -> AuthError.weakPassword(weak.weakness());
                    case AccountRejection.Malformed malformed -> AuthError.malformed(malformed.message());
                };
        error.write(request, response);
    }

    @ExceptionHandler
    void rejected(FactorRejection.Rejected rejected, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        var error =
                switch (rejected.reason()) {
                    case FactorRejection.NoSuchFactor _ ->
                        AuthError.of(404, "mfa_factor_not_found", "Factor not found");
                    case FactorRejection.NoSuchChallenge _ ->
                        AuthError.of(
                                404, "mfa_factor_not_found", "MFA factor with the provided challenge ID not found");
                    case FactorRejection.NameTaken _ ->
                        AuthError.of(
                                422,
                                "mfa_factor_name_conflict",
                                "A factor with the friendly name for this user already exists");
                    case FactorRejection.TooMany _ ->
                        AuthError.of(
                                422,
                                "too_many_enrolled_mfa_factors",
                                "Maximum number of factors reached, unenroll to continue");
                    case FactorRejection.SecondNeededToAdd _ ->
                        AuthError.of(403, "insufficient_aal", "AAL2 required to enroll a new factor");
                    case FactorRejection.SecondNeededToRemove _ ->
                        AuthError.of(422, "insufficient_aal", "AAL2 required to unenroll verified factor");
                    case FactorRejection.ChallengeOver _ ->
                        AuthError.of(
                                422,
                                "mfa_challenge_expired",
                                "MFA challenge has expired, verify against another challenge or create a new"
                                        + " challenge.");
                    case FactorRejection.AnotherAddress _ ->
                        AuthError.of(422, "mfa_ip_address_mismatch", "Challenge and verify IP addresses mismatch.");
                    case FactorRejection.WrongCode _ ->
                        AuthError.of(422, "mfa_verification_failed", "Invalid TOTP code entered");
                    case FactorRejection.TooSoon soon -> AuthError.busy(soon.delay());
                    case FactorRejection.SignedOut _ -> AuthError.noSession();
                };
        error.write(request, response);
    }

    /** A rule of the log, or a reason that passes, such as too many at once: only the latter may be repeated. */
    @ExceptionHandler
    void refusedByTheLog(CommandRefusedException refused, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        if (refused.reason() instanceof ProfileRejection.AddressTaken)
            AuthError.of(422, "email_exists", "A user with this email address has already been registered")
                    .write(request, response);
        else if (refused.reason().kind() == Refusal.Kind.FORBIDDEN)
            AuthError.of(403, "not_admin", refused.reason().message()).write(request, response);
        else if (refused.reason().kind() == Refusal.Kind.RULE)
            AuthError.of(422, "validation_failed", refused.reason().message()).write(request, response);
        else unavailable(refused, request, response);
    }

    @ExceptionHandler
    void providerUnavailable(
            ProviderUnavailableException cause, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        AuthError.unavailable().write(request, response);
    }

    @ExceptionHandler
    void busy(Passwords.BusyException busy, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        AuthError.busy(Duration.ofSeconds(2)).write(request, response);
    }

    @ExceptionHandler
    void tooMany(TooManyException tooMany, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        AuthError.tooMany(tooMany).write(request, response);
    }

    @ExceptionHandler({LogUnavailableException.class, DataAccessException.class, TransactionException.class})
    void unavailable(RuntimeException cause, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        LOG.warn("{} {} is not available now: {}", request.getMethod(), request.getRequestURI(), cause.toString());
        AuthError.unavailable().write(request, response);
    }
}
