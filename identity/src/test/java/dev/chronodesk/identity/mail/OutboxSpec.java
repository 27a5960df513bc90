package dev.chronodesk.identity.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chronodesk.db.TestDatabase;
import dev.chronodesk.identity.PostOffice;
import dev.chronodesk.identity.account.EmailAddress;
import dev.chronodesk.identity.mail.Delivery.Outcome;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.mail.javamail.JavaMailSenderImpl;
import org.springframework.transaction.support.TransactionTemplate;

/** Mails leave once, are tried again, and leave no token behind. */
class OutboxSpec {

    private static TestDatabase database;
    private static DataSource identity;
    private static JdbcClient jdbc;

    @BeforeAll
    static void open() {
        database = TestDatabase.create();
        identity = database.database().identity();
        jdbc = JdbcClient.create(identity);
    }

    @AfterAll
    static void close() {
        database.close();
    }

    @BeforeEach
    void nothing_is_waiting() {
        jdbc.sql("update identity.mail set state = 'failed', subject = null, plain = null, html = null")
                .update();
    }

    private static final class Scripted implements Delivery {

        private final Deque<Outcome> outcomes = new ArrayDeque<>();
        private final List<String> ids = Collections.synchronizedList(new ArrayList<>());

        @Override
        public Outcome send(MimeMessage message, String name) {
            try {
                ids.add(message.getMessageID());
            } catch (jakarta.mail.MessagingException e) {
                throw new AssertionError(e);
            }
            return outcomes.isEmpty() ? new Outcome.Sent("taken") : outcomes.pop();
        }

        @Override
        public String where() {
            return "nowhere";
        }
    }

    private static Outbox outbox(Delivery delivery, Clock clock) {
        try {
            return new Outbox(identity, delivery, new InternetAddress("desk@example.org"), "example.org", clock);
        } catch (jakarta.mail.internet.AddressException e) {
            throw new AssertionError(e);
        }
    }

    private static Letter letter(String recipient) {
        return new Letter("recovery", new EmailAddress(recipient), "A subject", "token 4711", "<p>token 4711</p>");
    }

    private static Map<String, Object> row(String recipient) {
        return jdbc.sql("select state, attempts, plain, html, subject, reply, next_at > now() as later from"
                        + " identity.mail where recipient = ?")
                .param(recipient)
                .query()
                .singleRow();
    }

    @Test
    void a_mail_that_is_out_keeps_its_facts_and_loses_its_text() {
        var delivery = new Scripted();
        var outbox = outbox(delivery, Clock.systemUTC());
        outbox.put(letter("out@example.org"), null);
        assertThat(row("out@example.org")).containsEntry("state", "waiting").containsEntry("plain", "token 4711");
        assertThat(outbox.sendDue()).isEqualTo(1);
        assertThat(row("out@example.org"))
                .containsEntry("state", "sent")
                .containsEntry("attempts", 1)
                .containsEntry("reply", "taken")
                .containsEntry("plain", null)
                .containsEntry("html", null)
                .containsEntry("subject", null);
        assertThat(outbox.sendDue()).isZero();
        assertThat(outbox.before(null, 1_000))
                .anyMatch(mail -> mail.messageId().equals(delivery.ids.getFirst())
                        && mail.state().equals("sent"));
    }

    @Test
    void a_mail_that_cannot_leave_is_tried_again_later_under_the_same_id() {
        var delivery = new Scripted();
        delivery.outcomes.add(new Outcome.NotNow("450 busy"));
        var outbox = outbox(delivery, Clock.systemUTC());
        outbox.put(letter("later@example.org"), null);
        outbox.sendDue();
        assertThat(row("later@example.org"))
                .containsEntry("state", "waiting")
                .containsEntry("later", true)
                .containsEntry("reply", "450 busy");
        assertThat(outbox.sendDue()).isZero();
        jdbc.sql("update identity.mail set next_at = now() where state = 'waiting'")
                .update();
        assertThat(outbox.sendDue()).isEqualTo(1);
        assertThat(row("later@example.org")).containsEntry("state", "sent").containsEntry("attempts", 2);
        assertThat(delivery.ids).hasSize(2);
        assertThat(delivery.ids.get(0)).isEqualTo(delivery.ids.get(1));
        assertThat(Outbox.pause(1)).isEqualTo(Duration.ofSeconds(10));
        assertThat(Outbox.pause(3)).isEqualTo(Duration.ofSeconds(40));
        assertThat(Outbox.pause(50)).isEqualTo(Duration.ofHours(1));
    }

    @Test
    void a_mail_that_is_refused_for_good_or_for_a_day_is_given_up() {
        var delivery = new Scripted();
        delivery.outcomes.add(new Outcome.Bounced("550 no such user"));
        delivery.outcomes.add(new Outcome.NotNow("451 still busy"));
        outbox(delivery, Clock.systemUTC()).put(letter("no-such@example.org"), null);
        outbox(delivery, Clock.systemUTC()).sendDue();
        assertThat(row("no-such@example.org"))
                .containsEntry("state", "bounced")
                .containsEntry("reply", "550 no such user")
                .containsEntry("plain", null);
        var tomorrow = Clock.fixed(Instant.now().plus(Duration.ofHours(25)), ZoneOffset.UTC);
        var outbox = outbox(delivery, tomorrow);
        outbox.put(letter("too-late@example.org"), null);
        outbox.sendDue();
        assertThat(row("too-late@example.org")).containsEntry("state", "failed").containsEntry("plain", null);
    }

    @Test
    void a_mail_is_put_with_what_it_is_about_or_not_at_all() {
        var outbox = outbox(new Scripted(), Clock.systemUTC());
        var transaction = new TransactionTemplate(new DataSourceTransactionManager(identity));
        assertThatThrownBy(() -> transaction.executeWithoutResult(status -> {
                    outbox.put(letter("never@example.org"), null);
                    throw new IllegalStateException("something else failed");
                }))
                .hasMessage("something else failed");
        assertThat(jdbc.sql("select count(*) from identity.mail where recipient = 'never@example.org'")
                        .query(Long.class)
                        .single())
                .isZero();
    }

    @Test
    void eight_nodes_send_each_mail_once() throws Exception {
        var delivery = new Scripted();
        for (var i = 0; i < 60; i++) outbox(delivery, Clock.systemUTC()).put(letter("one" + i + "@example.org"), null);
        try (var pool = Executors.newFixedThreadPool(8)) {
            var nodes = new ArrayList<java.util.concurrent.Callable<Integer>>();
            for (var i = 0; i < 8; i++)
                nodes.add(() -> outbox(delivery, Clock.systemUTC()).sendDue());
            var sent = 0;
            for (var each : pool.invokeAll(nodes)) sent += each.get();
            assertThat(sent).isEqualTo(60);
        }
        assertThat(delivery.ids).hasSize(60).doesNotHaveDuplicates();
    }

    @Test
    void a_mail_is_plain_text_and_html_from_the_desk_to_one_person() throws Exception {
        try (var post = new PostOffice()) {
            var outbox = Outbox.of(
                    identity,
                    new MailSettings("Help Desk <help@example.org>", "Help", Path.of("unused"), null),
                    smtp(post.server().getSmtp().getPort()),
                    "here",
                    "example.org",
                    Clock.systemUTC());
            outbox.put(letter("reader@example.org"), null);
            outbox.sendDue();
            var mail = post.next("reader@example.org");
            assertThat(mail.plain()).contains("token 4711");
            assertThat(mail.html()).contains("<p>token 4711</p>");
            assertThat(mail.message().getFrom()[0]).hasToString("Help Desk <help@example.org>");
            assertThat(mail.message().getHeader("Auto-Submitted")).containsExactly("auto-generated");
            assertThat(mail.message().getSentDate()).isNotNull();
        }
    }

    private static JavaMailSenderImpl smtp(int port) {
        var sender = new JavaMailSenderImpl();
        sender.setHost("127.0.0.1");
        sender.setPort(port);
        sender.getJavaMailProperties().setProperty("mail.smtp.timeout", "5000");
        sender.getJavaMailProperties().setProperty("mail.smtp.connectiontimeout", "5000");
        return sender;
    }

    @Test
    void what_a_server_says_decides_whether_it_is_tried_again() throws Exception {
        assertThat(answered("250 fine", "550 no such user here")).isInstanceOf(Outcome.Bounced.class);
        assertThat(answered("250 fine", "451 try later")).isInstanceOf(Outcome.NotNow.class);
        // about us and not about the reader: somebody will mend the settings
        assertThat(answered("550 you are nobody", "250 fine")).isInstanceOf(Outcome.NotNow.class);
        assertThat(answered("421 busy", "250 fine")).isInstanceOf(Outcome.NotNow.class);
        var gone = new ServerSocket(0);
        gone.close();
        assertThat(new SmtpDelivery(smtp(gone.getLocalPort()), "gone").send(message(), "x"))
                .isInstanceOf(Outcome.NotNow.class);
    }

    private static MimeMessage message() throws Exception {
        var message = new MimeMessage((jakarta.mail.Session) null);
        message.setFrom("desk@example.org");
        message.setRecipients(jakarta.mail.Message.RecipientType.TO, "reader@example.org");
        message.setSubject("x");
        message.setText("x");
        message.saveChanges();
        return message;
    }

    /** What becomes of a mail at a server that answers so to sender and recipient. */
    private static Outcome answered(String toSender, String toRecipient) throws Exception {
        try (var socket = new ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
            var server = Thread.ofVirtual().start(() -> {
                try (var client = socket.accept();
                        var lines = new java.io.BufferedReader(
                                new java.io.InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII))) {
                    say(client, "220 hello");
                    for (var line = lines.readLine(); line != null; line = lines.readLine())
                        say(
                                client,
                                line.startsWith("MAIL")
                                        ? toSender
                                        : line.startsWith("RCPT") ? toRecipient : "250 fine");
                } catch (IOException e) {
                    // the client went away, as it should
                }
            });
            var outcome = new SmtpDelivery(smtp(socket.getLocalPort()), "scripted").send(message(), "x");
            server.join(Duration.ofSeconds(10));
            return outcome;
        }
    }

    private static void say(java.net.Socket client, String line) throws IOException {
        client.getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void without_a_server_mails_are_files_that_only_we_read(@TempDir Path directory) throws Exception {
        var outbox = Outbox.of(
                identity,
                new MailSettings(null, "Chronodesk", directory.resolve("mail"), null),
                null,
                "",
                "example.org",
                Clock.systemUTC());
        assertThat(outbox.where()).isEqualTo("files in " + directory.resolve("mail"));
        outbox.put(letter("file@example.org"), null);
        outbox.sendDue();
        try (var files = Files.list(directory.resolve("mail"))) {
            var all = files.toList();
            assertThat(all).hasSize(1);
            assertThat(all.getFirst().toString()).endsWith(".eml");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(all.getFirst())))
                    .isEqualTo("rw-------");
            assertThat(Files.readString(all.getFirst()))
                    .contains("To: file@example.org", "From: Chronodesk <no-reply@example.org>", "token 4711");
        }
    }

    @Test
    void templates_are_filled_escaped_in_html_and_replaced_one_by_one(@TempDir Path own) throws Exception {
        Files.writeString(own.resolve("magiclink.txt"), "Subject: Hello {{email}}\n\nGo to {{link}}\n");
        var templates = new Templates(new MailSettings(null, "<Desk & Co>", Path.of("unused"), own));
        var mail = templates.letter(
                "magiclink",
                new EmailAddress("ada@example.org"),
                Map.of("link", "https://x/?a=1&b=2", "code", "123456", "lifetime", "an hour"));
        assertThat(mail.subject()).isEqualTo("Hello ada@example.org");
        assertThat(mail.plain()).isEqualTo("Go to https://x/?a=1&b=2\n");
        assertThat(mail.html())
                .contains("&lt;Desk &amp; Co&gt;", "https://x/?a&#x3D;1&amp;b&#x3D;2", "123456")
                .doesNotContain("<Desk");
        assertThatThrownBy(() -> templates.letter("magiclink", new EmailAddress("ada@example.org"), Map.of()))
                .hasMessageContaining("magiclink.txt");
    }
}
