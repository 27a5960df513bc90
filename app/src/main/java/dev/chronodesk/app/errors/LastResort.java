package dev.chronodesk.app.errors;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Answers what went wrong before or after a controller: in a filter, or while an answer was written. */
@RestController
final class LastResort implements ErrorController {

    private static final Logger LOG = LoggerFactory.getLogger(LastResort.class);

    @RequestMapping("/error")
    ResponseEntity<ProblemDetail> error(HttpServletRequest request) {
        // the address itself is nothing that anybody should ask for
        var status = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE) instanceof Integer code ? code : 404;
        var problem = Problem.of(HttpStatusCode.valueOf(status));
        if (problem == Problem.INTERNAL)
            LOG.error("An unexpected error outside the controllers", (Throwable)
                    request.getAttribute(RequestDispatcher.ERROR_EXCEPTION));
        return problem.answer(CatchAll.sentence(problem));
    }
}
