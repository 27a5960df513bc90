package dev.chronodesk.identity.provider;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import org.springframework.security.oauth2.core.OAuth2ErrorCodes;
import org.springframework.security.oauth2.core.endpoint.OAuth2ParameterNames;
import org.springframework.web.util.UriComponentsBuilder;
import org.springframework.web.util.UriUtils;

/** A browser that nobody has used yet, and that stops where it is sent away from one provider. */
final class Browser implements AutoCloseable {

    static final String LOGIN = "/login";

    private static final int STEPS = 5;

    private final HttpClient http =
            HttpClient.newBuilder().cookieHandler(new CookieManager()).build();
    private final String provider;

    Browser(String provider) {
        this.provider = provider;
    }

    @Override
    public void close() {
        http.close();
    }

    URI signIn(String subject, URI address) {
        var at = address;
        for (var step = 0; step < STEPS; step++) {
            at = LOGIN.equals(at.getPath()) ? login(subject, at) : open(at);
            if (!at.toString().startsWith(provider + "/")) return at;
        }
        throw new AssertionError("still being sent around, last to " + at);
    }

    URI refuse(URI address) {
        var next = open(address);
        // the provider asks nobody when the request itself is wrong
        if (!next.toString().startsWith(provider + LOGIN)) return next;
        return UriComponentsBuilder.fromUriString(parameter(address, OAuth2ParameterNames.REDIRECT_URI))
                .queryParam(OAuth2ParameterNames.ERROR, OAuth2ErrorCodes.ACCESS_DENIED)
                .queryParam(
                        OAuth2ParameterNames.STATE,
                        UriUtils.encode(parameter(address, OAuth2ParameterNames.STATE), StandardCharsets.UTF_8))
                .build(true)
                .toUri();
    }

    private static String parameter(URI address, String name) {
        var found =
                UriComponentsBuilder.fromUri(address).build().getQueryParams().getFirst(name);
        if (found == null) throw new AssertionError("no " + name + " in " + address);
        return UriUtils.decode(found, StandardCharsets.UTF_8);
    }

    private URI login(String subject, URI form) {
        var next = sent(HttpRequest.newBuilder(form)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(
                        "username=" + UriUtils.encode(subject, StandardCharsets.UTF_8) + "&password=any")));
        if (LOGIN.equals(next.getPath())) throw new AssertionError("nobody there is " + subject);
        return next;
    }

    private URI open(URI address) {
        return sent(HttpRequest.newBuilder(address).GET());
    }

    /** Where that leads. */
    private URI sent(HttpRequest.Builder builder) {
        var request = builder.header("Accept", "text/html").build();
        try {
            var answer = http.send(request, BodyHandlers.ofString());
            var location = answer.headers().firstValue("Location");
            if (answer.statusCode() != 302 || location.isEmpty())
                throw new AssertionError(request.uri() + " answered " + answer.statusCode() + " " + answer.body());
            return request.uri().resolve(location.get());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
