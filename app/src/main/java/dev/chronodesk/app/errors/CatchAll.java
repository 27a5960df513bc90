package dev.chronodesk.app.errors;

import dev.chronodesk.db.log.LogUnavailableException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.TypeMismatchException;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.MissingServletRequestParameterException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.async.AsyncRequestNotUsableException;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;

/**
 * Answers whatever no door has answered in its own words. Only what nobody expected is logged, and says nothing here.
 */
@RestControllerAdvice
@Order(Ordered.LOWEST_PRECEDENCE)
final class CatchAll {

    private static final Logger LOG = LoggerFactory.getLogger(CatchAll.class);

    @ExceptionHandler(Exception.class)
    @Nullable
    ResponseEntity<ProblemDetail> any(Exception e) {
        return switch (e) {
            case AsyncRequestNotUsableException _ -> null; // nobody is there to be answered
            case MissingServletRequestParameterException missing ->
                field(missing.getParameterName(), "required", "is required");
            case MethodArgumentTypeMismatchException mismatch ->
                field(mismatch.getName(), "type", "is not of the right type");
            case TypeMismatchException mismatch ->
                field(String.valueOf(mismatch.getPropertyName()), "type", "is not of the right type");
            case HttpMessageNotReadableException _ -> Problem.MALFORMED.answer("the body cannot be read");
            case ErrorResponse response -> known(response);
            default -> away(e) ? Problem.UNAVAILABLE.answer("the database is away; try again") : unexpected(e);
        };
    }

    private static ResponseEntity<ProblemDetail> field(String field, String rule, String message) {
        var body = Problem.MALFORMED.detail(field + ": " + message);
        body.setProperty("errors", List.of(Map.of("field", field, "rule", rule, "message", message)));
        return Problem.MALFORMED.answer(body, HttpHeaders.EMPTY);
    }

    private static ResponseEntity<ProblemDetail> known(ErrorResponse response) {
        var problem = Problem.of(response.getStatusCode());
        return problem.answer(problem.detail(sentence(problem)), response.getHeaders());
    }

    static String sentence(Problem problem) {
        return switch (problem) {
            case MALFORMED -> "the request cannot be understood";
            case UNAUTHENTICATED -> "a valid token is needed";
            case FORBIDDEN -> "this caller may not do that";
            case NOT_FOUND -> "there is nothing at this address";
            case METHOD_NOT_ALLOWED -> "this address does not take this method";
            case NOT_ACCEPTABLE -> "this address does not answer in a form that is accepted";
            case ANOTHER_INCARNATION -> "the log is another one than the request knows";
            case TOO_LARGE -> "the request is too large";
            case UNSUPPORTED_MEDIA_TYPE -> "this address does not take this form";
            case TOO_MANY_REQUESTS -> "too much at once; try again";
            case INTERNAL -> "something went wrong; it is in the service's log";
            case UNAVAILABLE -> "the service cannot do this now; try again";
        };
    }

    /** Whether the database or the log could not be reached: nothing that this request did. */
    private static boolean away(Exception e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause())
            if (cause instanceof LogUnavailableException
                    || cause instanceof SQLTransientException
                    || cause instanceof SQLRecoverableException
                    || cause instanceof TransientDataAccessException
                    || cause instanceof DataAccessResourceFailureException
                    || cause instanceof CannotCreateTransactionException) return true;
        return false;
    }

    private static ResponseEntity<ProblemDetail> unexpected(Exception e) {
        LOG.error("An unexpected error while answering a request", e);
        return Problem.INTERNAL.answer(sentence(Problem.INTERNAL));
    }
}
