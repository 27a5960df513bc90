package dev.chronodesk.identity.auth;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** What the contract has and we do not: each call gets the code that its clients understand as switched off. */
@RestController
public final class NotOffered {

    @RequestMapping({"/auth/v1", "/auth/v1/**"})
    void answer(HttpServletRequest request, HttpServletResponse response) throws IOException {
        error(request.getRequestURI().substring("/auth/v1".length())).write(request, response);
    }

    private static AuthError error(String call) {
        var second = call.indexOf('/', 1);
        return switch (second < 0 ? call : call.substring(0, second)) {
            case "/sso" -> AuthError.of(422, "saml_provider_disabled", "SAML 2.0 is disabled");
            case "/factors" ->
                call.startsWith("/factors/recovery-codes")
                        ? AuthError.of(422, "feature_disabled", "Recovery codes are disabled")
                        : AuthError.of(405, "validation_failed", "This call has another method or path");
            case "/passkeys" -> AuthError.of(422, "passkey_disabled", "Passkeys are disabled");
            case "/oauth" -> AuthError.of(422, "feature_disabled", "This call is not offered");
            case "/signup",
                    "/token",
                    "/logout",
                    "/user",
                    "/settings",
                    "/health",
                    "/.well-known",
                    "/otp",
                    "/magiclink",
                    "/recover",
                    "/resend",
                    "/verify",
                    "/reauthenticate",
                    "/authorize",
                    "/callback",
                    "/invite",
                    "/admin",
                    "/sessions" -> AuthError.of(405, "validation_failed", "This call has another method or path");
            default -> AuthError.of(404, "feature_disabled", "There is no such call");
        };
    }
}
