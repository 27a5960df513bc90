package dev.chronodesk.app.errors;

import java.io.IOException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatusCode;

/**
 * Answers requests that Tomcat refuses before any of our code sees them: a request line or a header that is none, or
 * too long. Made by Tomcat from its name.
 */
public final class PlainRefusal extends ErrorReportValve {

    @Override
    protected void report(Request request, Response response, @Nullable Throwable thrown) {
        if (response.getStatus() < 400 || response.getContentWritten() > 0 || !response.setErrorReported()) return;
        var problem = Problem.of(HttpStatusCode.valueOf(response.getStatus()));
        try {
            response.setContentType("application/problem+json");
            response.setCharacterEncoding("UTF-8");
            var writer = response.getReporter();
            if (writer == null) return;
            writer.write(problem.json(CatchAll.sentence(problem)));
            response.finishResponse();
        } catch (IOException | IllegalStateException e) {
            // whoever asked is gone, or an answer was begun: nothing more can be said
            container.getLogger().debug("an error could not be reported", e);
        }
    }
}
