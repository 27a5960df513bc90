package dev.chronodesk.identity.auth;

import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;

/**
 * Where a browser is led on to, with what the clients read there: a session or an error after {@code #}, a code or an
 * error after {@code ?}.
 *
 * @param status of the answer, a redirect
 * @param address one that was allowed
 */
record Landing(HttpStatus status, URI address) {

    /** With the session itself, for clients that wait for no code. */
    ResponseEntity<Void> session(SessionAnswer session, Map<String, String> more) {
        var values = new LinkedHashMap<String, String>();
        values.put("access_token", session.accessToken());
        values.put("expires_at", Long.toString(session.expiresAt()));
        values.put("expires_in", Long.toString(session.expiresIn()));
        if (session.providerToken() != null) values.put("provider_token", session.providerToken());
        if (session.providerRefreshToken() != null)
            values.put("provider_refresh_token", session.providerRefreshToken());
        values.put("refresh_token", session.refreshToken());
        values.put("sb", "");
        values.put("token_type", session.tokenType());
        values.putAll(more);
        return fragment(values);
    }

    /** With a code that is exchanged for the session. */
    ResponseEntity<Void> code(String code) {
        return to(with(Map.of("code", code)));
    }

    /** With a message. */
    ResponseEntity<Void> message(String message) {
        return fragment(Map.of("message", message));
    }

    /** With what is wrong. */
    ResponseEntity<Void> wrong(AuthError error) {
        return wrong(error.status() >= 500 ? "server_error" : "access_denied", error);
    }

    /** @param kind the word of OAuth for it */
    ResponseEntity<Void> wrong(String kind, AuthError error) {
        var values = new LinkedHashMap<String, String>();
        values.put("error", kind);
        values.put("error_code", error.code());
        values.put("error_description", error.message());
        return to(with(values) + "#" + encoded(values));
    }

    private ResponseEntity<Void> fragment(Map<String, String> values) {
        return to(address + "#" + encoded(values));
    }

    private String with(Map<String, String> values) {
        return address + (address.getRawQuery() == null ? "?" : "&") + encoded(values);
    }

    private static String encoded(Map<String, String> values) {
        var text = new StringBuilder();
        values.forEach((name, value) -> text.append(text.isEmpty() ? "" : "&")
                .append(name)
                .append('=')
                .append(URLEncoder.encode(value, StandardCharsets.UTF_8)));
        return text.toString();
    }

    private ResponseEntity<Void> to(String target) {
        return ResponseEntity.status(status)
                .header(HttpHeaders.LOCATION, target)
                .build();
    }
}
