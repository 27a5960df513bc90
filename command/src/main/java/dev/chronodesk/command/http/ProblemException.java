package dev.chronodesk.command.http;

import dev.chronodesk.command.door.Problem;

/** What was sent came to nothing; the problem says why, for whoever answers in a form of their own. */
public final class ProblemException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient Problem problem;

    ProblemException(Problem problem) {
        super(problem.slug(), null, false, false);
        this.problem = problem;
    }

    public Problem problem() {
        return problem;
    }
}
