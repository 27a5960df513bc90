package dev.chronodesk.identity.auth;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.chronodesk.identity.mail.Outbox;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/** A mail as it is remembered, without its text. */
@JsonNaming(SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record MailAnswer(
        UUID id,
        String kind,
        @Nullable UUID accountId,
        String recipient,
        String messageId,
        String state,
        int attempts,
        @Nullable String reply,
        String createdAt,
        @Nullable String sentAt) {

    static MailAnswer of(Outbox.Remembered mail) {
        return new MailAnswer(
                mail.id(),
                mail.kind(),
                mail.accountId(),
                mail.recipient(),
                mail.messageId(),
                mail.state(),
                mail.attempts(),
                mail.reply(),
                String.valueOf(UserAnswer.time(mail.createdAt())),
                UserAnswer.time(mail.sentAt()));
    }
}
