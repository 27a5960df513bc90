package dev.chronodesk.identity.auth;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * A sign-in as the clients keep it; times are seconds.
 *
 * @param providerToken the provider's access token, right after a sign-in at one; it is not kept
 * @param providerRefreshToken the provider's refresh token, when it gave one
 */
@JsonNaming(SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SessionAnswer(
        String accessToken,
        String tokenType,
        long expiresIn,
        long expiresAt,
        String refreshToken,
        UserAnswer user,
        @Nullable String providerToken,
        @Nullable String providerRefreshToken) {

    /** The same with what the provider gave for the person. */
    SessionAnswer with(String token, @Nullable String refresh) {
        return new SessionAnswer(accessToken, tokenType, expiresIn, expiresAt, refreshToken, user, token, refresh);
    }

    @Override
    public String toString() {
        return "SessionAnswer[" + user.id() + "]";
    }
}
