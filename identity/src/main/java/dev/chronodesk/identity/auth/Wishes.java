package dev.chronodesk.identity.auth;

import dev.chronodesk.identity.flow.MailedProofs.Wanted;
import dev.chronodesk.identity.link.Challenge;
import dev.chronodesk.identity.link.Redirects;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;

/** How requests want their mails: where links lead in the end, and whether a client exchanges a code. */
public final class Wishes {

    private final Redirects redirects;

    public Wishes(Redirects redirects) {
        this.redirects = redirects;
    }

    Wanted of(HttpServletRequest request, AuthBody body) {
        try {
            var challenge = Challenge.of(body.text("code_challenge"), body.text("code_challenge_method"));
            return new Wanted(challenge.orElse(null), redirect(request));
        } catch (IllegalArgumentException e) {
            throw new AuthRefusedException(AuthError.malformed(String.valueOf(e.getMessage())));
        }
    }

    /** Where everybody may be led. */
    URI site() {
        return redirects.allowed(null);
    }

    /** Where the request may lead in the end. */
    URI redirect(HttpServletRequest request) {
        return redirects.allowed(AuthQuery.parameter(request, "redirect_to"));
    }
}
