package dev.chronodesk.identity.auth;

import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.springframework.web.util.UriComponentsBuilder;
import org.springframework.web.util.UriUtils;

/** Parameters of the address only: asking the servlet would swallow a body that claims to be a form. */
public final class AuthQuery {

    private AuthQuery() {}

    /** The first parameter of that name, or null. */
    public static @Nullable String parameter(HttpServletRequest request, String name) {
        var query = request.getQueryString();
        if (query == null) return null;
        var value = UriComponentsBuilder.newInstance()
                .query(query)
                .build()
                .getQueryParams()
                .getFirst(name);
        try {
            return value == null ? null : UriUtils.decode(value.replace('+', ' '), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new AuthRefusedException(AuthError.malformed(name + ": is not encoded as an address must be"));
        }
    }

    /** That number, or the other one when it is absent. */
    static int number(HttpServletRequest request, String name, int otherwise, int least, int most) {
        var text = parameter(request, name);
        if (text == null || text.isEmpty()) return otherwise;
        try {
            var number = Integer.parseInt(text);
            if (number >= least && number <= most) return number;
        } catch (NumberFormatException e) {
            // answered below
        }
        throw new AuthRefusedException(AuthError.malformed(name + ": a number from " + least + " to " + most));
    }
}
