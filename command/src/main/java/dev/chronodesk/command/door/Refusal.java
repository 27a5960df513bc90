package dev.chronodesk.command.door;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Why a command was refused. Each aggregate has a sealed interface of its own that extends this. */
public interface Refusal {

    /** Which of the documented kinds of answer this is. */
    enum Kind {
        MALFORMED,
        FORBIDDEN,
        NOT_FOUND,
        CONFLICT,
        VERSION_MISMATCH,
        RULE,
        KEY_REUSED
    }

    Kind kind();

    /** The stable code in kebab case, the type's simple name. */
    default String code() {
        return getClass()
                .getSimpleName()
                .replaceAll("(?<=[a-z0-9])(?=[A-Z])", "-")
                .toLowerCase(Locale.ROOT);
    }

    /** One sentence for a person, without personal data. */
    String message();

    /** What would be accepted instead, where there is such a list. */
    default Optional<List<String>> allowed() {
        return Optional.empty();
    }
}
