package dev.chronodesk.identity.mail;

import dev.chronodesk.events.Uuids;
import dev.chronodesk.identity.mail.Delivery.Outcome;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.mail.javamail.JavaMailSender;
import org.springframework.mail.javamail.MimeMessageHelper;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Mails to be sent and mails that were. A mail is put in the same transaction as what it is about, sent by whichever
 * node comes first, and tried again for a day. A crash between sending and noting sends it once more, under the same
 * message id. Its text is forgotten as soon as it is out, because it carries tokens.
 */
public final class Outbox implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Outbox.class);

    /** How often the outbox is looked at although nobody has put anything here: other nodes may have, and died. */
    private static final Duration LOOK = Duration.ofSeconds(5);

    private static final Duration GIVE_UP = Duration.ofDays(1);
    private static final int AT_ONCE = 10;

    private final JdbcClient jdbc;
    private final Delivery delivery;
    private final InternetAddress sender;
    private final String host;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();
    private final Semaphore wake = new Semaphore(0);
    private final Thread thread;

    Outbox(DataSource identity, Delivery delivery, InternetAddress sender, String host, Clock clock) {
        jdbc = JdbcClient.create(identity);
        this.delivery = delivery;
        this.sender = sender;
        this.host = host;
        this.clock = clock;
        thread = Thread.ofPlatform().daemon().name("identity-mail").unstarted(this::repeat);
    }

    /**
     * The outbox of a desk.
     *
     * @param smtp the server, or null for files
     * @param server its name, for the console
     * @param host the host of our own address, which message ids end with
     */
    public static Outbox of(
            DataSource identity,
            MailSettings settings,
            @Nullable JavaMailSender smtp,
            String server,
            String host,
            Clock clock) {
        var delivery = smtp == null ? new FileDelivery(settings.directory()) : new SmtpDelivery(smtp, server);
        return new Outbox(identity, delivery, settings.sender(host), host, clock);
    }

    /** Begins to send, until {@link #close()}. */
    public void start() {
        thread.start();
    }

    /** Whether mail goes to a server. */
    public boolean sends() {
        return !(delivery instanceof FileDelivery);
    }

    /** Where mail goes, for the console. */
    public String where() {
        return delivery.where();
    }

    /** Puts a mail into the outbox, within the caller's transaction if there is one. */
    public void put(Letter letter, @Nullable UUID account) {
        var id = Uuids.v7(clock.instant(), random);
        jdbc.sql(
                        """
                        insert into identity.mail (id, kind, account_id, recipient, subject, plain, html, message_id)
                        values (?, ?, ?, ?, ?, ?, ?, ?)""")
                .param(id)
                .param(letter.kind())
                .param(account)
                .param(letter.recipient().value())
                .param(letter.subject())
                .param(letter.plain())
                .param(letter.html())
                .param("<" + id + "@" + host + ">")
                .update();
        if (!TransactionSynchronizationManager.isSynchronizationActive()) wake.release();
        else
            TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
                @Override
                public void afterCommit() {
                    wake.release();
                }
            });
    }

    private record Due(
            UUID id,
            String kind,
            String recipient,
            String subject,
            String plain,
            String html,
            String messageId,
            int attempts,
            Instant createdAt) {
        @Override
        public String toString() {
            return "Due[" + id + "]";
        }
    }

    private void repeat() {
        while (!Thread.currentThread().isInterrupted()) {
            try {
                wake.tryAcquire(LOOK.toMillis(), TimeUnit.MILLISECONDS);
                wake.drainPermits();
                sendDue();
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                LOG.warn("mail cannot be sent now: {}", e.toString());
            }
        }
    }

    /** Sends everything that is due; how many mails were tried. */
    int sendDue() {
        var tried = 0;
        for (var due = claim(); !due.isEmpty(); due = claim()) {
            for (var each : due) note(each, attempt(each));
            tried += due.size();
        }
        return tried;
    }

    /** Takes mails for this node for some minutes; after a crash they are due again. */
    private List<Due> claim() {
        return jdbc.sql(
                        """
                        update identity.mail set attempts = attempts + 1, next_at = now() + interval '5 minutes'
                        where id in (select id from identity.mail where state = 'waiting' and next_at <= now()
                                     order by next_at limit ? for update skip locked)
                        returning id, kind, recipient, subject, plain, html, message_id, attempts, created_at""")
                .param(AT_ONCE)
                .query(Outbox::due)
                .list();
    }

    private static Due due(ResultSet row, int number) throws SQLException {
        return new Due(
                row.getObject("id", UUID.class),
                row.getString("kind"),
                row.getString("recipient"),
                row.getString("subject"),
                row.getString("plain"),
                row.getString("html"),
                row.getString("message_id"),
                row.getInt("attempts"),
                row.getTimestamp("created_at").toInstant());
    }

    private Outcome attempt(Due due) {
        try {
            return delivery.send(message(due), due.kind() + "-" + due.id());
        } catch (MessagingException e) {
            return new Outcome.Bounced(e.toString());
        }
    }

    private MimeMessage message(Due due) throws MessagingException {
        var message = new MimeMessage(Session.getInstance(new Properties())) {
            @Override
            protected void updateMessageID() throws MessagingException {
                setHeader("Message-ID", due.messageId());
            }
        };
        var helper = new MimeMessageHelper(message, true, StandardCharsets.UTF_8.name());
        helper.setFrom(sender);
        helper.setTo(due.recipient());
        helper.setSubject(due.subject());
        helper.setText(due.plain(), due.html());
        helper.setSentDate(Date.from(clock.instant()));
        message.setHeader("Auto-Submitted", "auto-generated"); // RFC 3834: no out-of-office answers, please
        message.saveChanges();
        return message;
    }

    private void note(Due due, Outcome outcome) {
        switch (outcome) {
            case Outcome.Sent sent -> end(due, "sent", sent.reply());
            case Outcome.Bounced bounced -> {
                LOG.warn("mail {} of kind {} was refused for good", due.messageId(), due.kind());
                end(due, "bounced", bounced.reply());
            }
            case Outcome.NotNow failed -> {
                LOG.warn(
                        "mail {} of kind {} could not be sent, attempt {}",
                        due.messageId(),
                        due.kind(),
                        due.attempts());
                if (due.createdAt().plus(GIVE_UP).isBefore(clock.instant())) end(due, "failed", failed.reply());
                else later(due, failed.reply());
            }
        }
    }

    private void end(Due due, String state, String reply) {
        jdbc.sql(
                        """
                        update identity.mail
                        set state = ?, reply = ?, subject = null, plain = null, html = null,
                            sent_at = case when ? = 'sent' then now() end
                        where id = ?""")
                .param(state)
                .param(reply)
                .param(state)
                .param(due.id())
                .update();
    }

    private void later(Due due, String reply) {
        jdbc.sql("update identity.mail set next_at = now() + ? * interval '1 second', reply = ? where id = ?")
                .param(pause(due.attempts()).toSeconds())
                .param(reply)
                .param(due.id())
                .update();
    }

    /** 10 seconds, then twice as long each time, at most an hour. */
    static Duration pause(int attempts) {
        return Duration.ofSeconds(Math.min(3_600, 10L << Math.min(attempts - 1, 10)));
    }

    /**
     * A mail as it is remembered.
     *
     * @param state {@code waiting}, {@code sent}, {@code failed} or {@code bounced}
     * @param reply what the server said to the last attempt
     */
    public record Remembered(
            UUID id,
            String kind,
            @Nullable UUID accountId,
            String recipient,
            String messageId,
            String state,
            int attempts,
            @Nullable String reply,
            Instant createdAt,
            @Nullable Instant sentAt) {}

    /** Mails before that one, the latest first; at most 1,000. */
    public List<Remembered> before(@Nullable UUID before, int atMost) {
        return jdbc.sql(
                        """
                        select id, kind, account_id, recipient, message_id, state, attempts, reply, created_at, sent_at
                        from identity.mail where ?::uuid is null or id < ?::uuid order by id desc limit ?""")
                .param(before)
                .param(before)
                .param(Math.min(atMost, 1_000))
                .query((row, number) -> new Remembered(
                        row.getObject("id", UUID.class),
                        row.getString("kind"),
                        row.getObject("account_id", UUID.class),
                        row.getString("recipient"),
                        row.getString("message_id"),
                        row.getString("state"),
                        row.getInt("attempts"),
                        row.getString("reply"),
                        row.getTimestamp("created_at").toInstant(),
                        instant(row.getTimestamp("sent_at"))))
                .list();
    }

    private static @Nullable Instant instant(@Nullable Timestamp timestamp) {
        return timestamp == null ? null : timestamp.toInstant();
    }

    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join(Duration.ofSeconds(10));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
