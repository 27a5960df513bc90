package dev.chronodesk.app;

import dev.chronodesk.db.DatabaseUnusableException;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;

/**
 * Explains a start that failed over a setting with the setting's own message: it names the setting and how to mend it,
 * and a stack trace would only hide that.
 */
final class WrongSetting implements FailureAnalyzer {

    @Override
    public @Nullable FailureAnalysis analyze(Throwable failure) {
        for (@Nullable Throwable cause = failure; cause != null; cause = cause.getCause()) {
            var message = String.valueOf(cause.getMessage());
            if (cause instanceof DatabaseUnusableException || message.startsWith("chronodesk."))
                return new FailureAnalysis(message, "Mend what is named above and start again.", cause);
        }
        return null;
    }
}
