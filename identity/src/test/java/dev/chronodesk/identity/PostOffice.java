package dev.chronodesk.identity;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import dev.chronodesk.identity.limit.Limit;
import jakarta.mail.BodyPart;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Multipart;
import jakarta.mail.Part;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.net.URI;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.springframework.web.util.UriComponentsBuilder;

/** A mail server in this process, and its letter boxes. */
public final class PostOffice implements AutoCloseable {

    private static final Pattern LINK = Pattern.compile("https?://\\S+");
    private static final Pattern CODE = Pattern.compile(": (\\d{6})");

    private final GreenMail server;
    private final Set<String> read = new HashSet<>();

    public PostOffice() {
        server = new GreenMail(new ServerSetup(0, "127.0.0.1", "smtp"));
        server.start();
    }

    public GreenMail server() {
        return server;
    }

    /** What makes a desk send here; addresses are then not taken on trust. */
    public Map<String, Object> settings(String... more) {
        var settings = new HashMap<String, Object>();
        settings.put("spring.mail.host", "127.0.0.1");
        settings.put("spring.mail.port", server.getSmtp().getPort());
        settings.put("chronodesk.identity.hashing-patience", "1m");
        settings.put("chronodesk.identity.even-time", "20ms");
        settings.put("chronodesk.identity.site-url", "https://desk.example.org/app");
        settings.put("chronodesk.identity.redirect-urls", "https://other.example.org/**,com.example.desk://back");
        // everybody comes from one network here, and some people are sent many mails
        for (var limit : Limit.values()) settings.put("chronodesk.identity.limits." + limit.property(), "1000000/1s");
        for (var i = 0; i < more.length; i += 2) settings.put(more[i], more[i + 1]);
        return settings;
    }

    /** A mail that arrived. */
    public record Mail(String subject, String plain, String html, MimeMessage message) {

        public URI link() {
            var found = LINK.matcher(plain);
            if (!found.find()) throw new AssertionError("no link in " + plain);
            return URI.create(found.group());
        }

        /** The link without the host that it names. */
        public String path() {
            return link().getRawPath() + "?" + link().getRawQuery();
        }

        /** A parameter of the link. */
        public String parameter(String name) {
            return String.valueOf(UriComponentsBuilder.fromUri(link())
                    .build()
                    .getQueryParams()
                    .getFirst(name));
        }

        public String code() {
            var found = CODE.matcher(plain + subject);
            if (!found.find()) throw new AssertionError("no code in " + plain);
            return found.group(1);
        }
    }

    /** The next mail to that address that was not asked for before; waits for it. */
    public Mail next(String address) {
        var until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        try {
            while (System.nanoTime() < until) {
                for (var message : server.getReceivedMessages())
                    if (message.getAllRecipients()[0].toString().equals(address) && read.add(message.getMessageID()))
                        return mail(message);
                Thread.sleep(10);
            }
        } catch (MessagingException | IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
        throw new AssertionError("no mail to " + address + " in time");
    }

    /** How many mails that address has been sent, asked for or not. */
    public long count(String address) throws MessagingException {
        var count = 0L;
        for (var message : server.getReceivedMessages())
            if (message.getRecipients(Message.RecipientType.TO)[0].toString().equals(address)) count++;
        return count;
    }

    private static Mail mail(MimeMessage message) throws MessagingException, IOException {
        return new Mail(message.getSubject(), text(message, "text/plain"), text(message, "text/html"), message);
    }

    private static String text(Part part, String type) throws MessagingException, IOException {
        if (part.isMimeType(type)) return String.valueOf(part.getContent()).replace("\r\n", "\n");
        if (!(part.getContent() instanceof Multipart parts)) return "";
        var found = new StringBuilder();
        for (var i = 0; i < parts.getCount(); i++) {
            BodyPart each = parts.getBodyPart(i);
            found.append(text(each, type));
        }
        return found.toString();
    }

    @Override
    public void close() {
        server.stop();
    }
}
