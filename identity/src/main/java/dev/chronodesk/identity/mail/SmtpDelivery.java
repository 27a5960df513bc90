package dev.chronodesk.identity.mail;

import jakarta.mail.SendFailedException;
import jakarta.mail.internet.MimeMessage;
import org.eclipse.angus.mail.smtp.SMTPAddressFailedException;
import org.eclipse.angus.mail.smtp.SMTPSendFailedException;
import org.jspecify.annotations.Nullable;
import org.springframework.mail.MailException;
import org.springframework.mail.MailSendException;
import org.springframework.mail.javamail.JavaMailSender;

/** Hands mails to the server of {@code spring.mail.*}. */
final class SmtpDelivery implements Delivery {

    private static final int MAX = 500;

    private final JavaMailSender sender;
    private final String host;

    SmtpDelivery(JavaMailSender sender, String host) {
        this.sender = sender;
        this.host = host;
    }

    @Override
    public Outcome send(MimeMessage message, String name) {
        try {
            sender.send(message);
            return new Outcome.Sent("taken by " + host);
        } catch (MailException e) {
            var failed = failure(e);
            var reply = cut(String.valueOf((failed == null ? e : failed).getMessage()));
            return permanent(failed) ? new Outcome.Bounced(reply) : new Outcome.NotNow(reply);
        }
    }

    private static @Nullable Throwable failure(MailException e) {
        if (e instanceof MailSendException sending && sending.getMessageExceptions().length > 0)
            return sending.getMessageExceptions()[0];
        return e.getCause();
    }

    /** A reply of the five hundreds is an answer for good, whether to the address or to the mail (RFC 5321, 4.2.1). */
    private static boolean permanent(@Nullable Throwable failed) {
        for (var each = failed; each != null; each = next(each)) {
            if (each instanceof SMTPAddressFailedException address) return address.getReturnCode() >= 500;
            if (each instanceof SMTPSendFailedException mail && mail.getNextException() == null)
                return mail.getReturnCode() >= 500;
        }
        return false;
    }

    private static @Nullable Throwable next(Throwable each) {
        return each instanceof SendFailedException mail ? mail.getNextException() : each.getCause();
    }

    private static String cut(String reply) {
        return reply.length() <= MAX ? reply : reply.substring(0, MAX);
    }

    @Override
    public String where() {
        return host;
    }
}
