package dev.chronodesk.identity.auth;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.chronodesk.identity.mfa.Factor;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/** A second factor as the clients know one. */
@JsonNaming(SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record FactorAnswer(
        UUID id,
        String createdAt,
        String updatedAt,
        String status,
        @Nullable String friendlyName,
        String factorType,
        @Nullable String lastChallengedAt) {

    static FactorAnswer of(Factor factor) {
        return new FactorAnswer(
                factor.id(),
                String.valueOf(UserAnswer.time(factor.createdAt())),
                String.valueOf(UserAnswer.time(factor.updatedAt())),
                factor.verified() ? "verified" : "unverified",
                factor.friendlyName(),
                "totp",
                UserAnswer.time(factor.lastChallengedAt()));
    }
}
