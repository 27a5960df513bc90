package dev.chronodesk.identity.auth;

import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/** A sign-in as the clients keep it; times are seconds. */
@JsonNaming(SnakeCaseStrategy.class)
public record SessionAnswer(
        String accessToken, String tokenType, long expiresIn, long expiresAt, String refreshToken, UserAnswer user) {

    @Override
    public String toString() {
        return "SessionAnswer[" + user.id() + "]";
    }
}
