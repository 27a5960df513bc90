package dev.chronodesk.app;

import dev.chronodesk.db.keys.PersonKeys;
import dev.chronodesk.identity.Secret;
import dev.chronodesk.identity.account.FirstAdministrator;
import dev.chronodesk.identity.account.FirstAdministrator.Made;
import dev.chronodesk.identity.door.ApiKeys;
import dev.chronodesk.identity.mail.Outbox;
import java.io.PrintStream;
import java.nio.file.Path;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.core.env.Environment;

/**
 * Makes the first administrator before the service is ready, and tells the console, never the log, what is told once:
 * the password and the keys that were made up.
 */
final class Announcement implements ApplicationRunner {

    private final FirstAdministrator administrator;
    private final ApiKeys keys;
    private final Environment environment;
    private final PersonKeys persons;
    private final Outbox outbox;
    private final PrintStream out;

    Announcement(
            FirstAdministrator administrator,
            ApiKeys keys,
            PersonKeys persons,
            Outbox outbox,
            Environment environment,
            PrintStream out) {
        this.administrator = administrator;
        this.keys = keys;
        this.persons = persons;
        this.outbox = outbox;
        this.environment = environment;
        this.out = out;
    }

    @Override
    public void run(ApplicationArguments arguments) {
        persons.made().ifPresent(this::introduce);
        administrator.ensure(this::introduce);
        keys.madeSecret().ifPresent(this::introduce);
        if (!outbox.sends())
            print(
                    """

                    No mail server is set (spring.mail.host): mails are %s
                    """
                            .formatted(outbox.where()));
        print(
                """

                    Chronodesk serves %s (commands: /docs), its health is at %s/actuator/health
                    """
                        .formatted(desk(), address("management.server.address", "local.management.port")));
    }

    private void introduce(Made first) {
        var password = first.password().map(Secret::reveal).orElse("(as you have set it)");
        print(
                """

                    The first administrator, shown only once:
                      e-mail           %2$s
                      password         %3$s

                    Three lines to try:
                      TOKEN=$(curl -s '%1$s/auth/v1/token?grant_type=password' -H 'Content-Type: application/json' \
                    -d '{"email":"%2$s","password":"%3$s"}' | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')
                      curl -s %1$s/commands/CreateTicket -H "Authorization: Bearer $TOKEN" \
                    -H 'Content-Type: application/json' -d '{"subject":"Printer on fire","description":"It really is."}'
                      curl -s %1$s/rest/v1/tickets -H "Authorization: Bearer $TOKEN"
                    """
                        .formatted(desk(), first.email(), password));
    }

    private void introduce(Path kek) {
        print(
                """

                    What is about persons is encrypted, and this file opens it:
                      %s
                    Back it up now, apart from the data. Without it their texts and names are lost.
                    """
                        .formatted(kek.toAbsolutePath().normalize()));
    }

    private void introduce(Secret secret) {
        print(
                """

                    Keys for programs, the secret one shown only once:
                      publishable key  %s
                      secret key       %s
                    """
                        .formatted(keys.publishable(), secret.reveal()));
    }

    private void print(String text) {
        out.print(text);
        out.flush();
    }

    private String desk() {
        return address("server.address", "local.server.port");
    }

    /** As somebody on this machine reaches it. */
    private String address(String host, String port) {
        var given = environment.getProperty(host, "127.0.0.1");
        var local = given.equals("127.0.0.1") || given.equals("0.0.0.0") || given.equals("::") || given.equals("::1");
        var name = local ? "localhost" : given.contains(":") ? "[" + given + "]" : given;
        return "http://" + name + ":" + environment.getProperty(port, "?");
    }
}
