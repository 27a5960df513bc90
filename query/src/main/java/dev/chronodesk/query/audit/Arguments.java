package dev.chronodesk.query.audit;

import dev.chronodesk.query.Positions;
import dev.chronodesk.query.QueryText;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What a request for history says in its query. */
final class Arguments {

    private static final int MAX_LENGTH = 4096;

    private final Map<String, String> values = new HashMap<>();

    Arguments(HttpServletRequest request) {
        try {
            for (var parameter : QueryText.parameters(request.getQueryString(), MAX_LENGTH))
                if (values.put(parameter.name(), parameter.value()) != null)
                    throw ProblemException.malformed(parameter.name(), "is given twice");
        } catch (QueryText.UnreadableRequestException e) {
            throw ProblemException.unreadable(String.valueOf(e.getMessage()));
        }
    }

    @Nullable
    String text(String name) {
        return values.get(name);
    }

    @Nullable
    Long count(String name) {
        var value = values.get(name);
        if (value == null) return null;
        if (!value.matches("\\d{1,18}")) throw ProblemException.malformed(name, "must be a whole number");
        return Long.valueOf(value);
    }

    @Nullable
    UUID id(String name) {
        var value = values.get(name);
        return value == null ? null : id(name, value);
    }

    static UUID id(String name, String value) {
        // UUID.fromString takes more than the one form
        if (!value.matches("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"))
            throw ProblemException.malformed(name, "must be a UUID");
        return UUID.fromString(value);
    }

    @Nullable
    Instant moment(String name) {
        var value = values.get(name);
        return value == null ? null : moment(name, value);
    }

    static Instant moment(String name, String value) {
        try {
            return Positions.moment(value);
        } catch (Positions.NoPositionException e) {
            throw ProblemException.malformed(name, e.rule());
        }
    }
}
