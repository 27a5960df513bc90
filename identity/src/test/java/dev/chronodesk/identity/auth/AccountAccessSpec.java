package dev.chronodesk.identity.auth;

import static dev.chronodesk.identity.Auth.PASSWORD;
import static dev.chronodesk.identity.Auth.address;
import static dev.chronodesk.identity.Auth.session;
import static org.assertj.core.api.Assertions.assertThat;

import dev.chronodesk.command.door.Senders;
import dev.chronodesk.command.door.Terms;
import dev.chronodesk.command.profile.AssignRole;
import dev.chronodesk.db.TestDatabase;
import dev.chronodesk.events.profile.ProfileId;
import dev.chronodesk.events.profile.Role;
import dev.chronodesk.identity.Auth;
import dev.chronodesk.identity.Desk;
import dev.chronodesk.identity.provider.OpenIdProvider;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** Who may call what of accounts, as the table in {@code docs/access.md} says. */
class AccountAccessSpec {

    private static final String SECRET = "sb_secret_0123456789012345678901";
    private static final String AUDIENCE = "desk";
    private static final Path TABLE = Path.of("../docs/access.md");

    private static OpenIdProvider issuer;
    private static TestDatabase database;
    private static Desk desk;
    private static Map<String, String> tokens;

    @BeforeAll
    static void open() {
        issuer = OpenIdProvider.start("desk", "secret", URI.create("http://localhost:8080/auth/v1/callback"));
        database = TestDatabase.create();
        desk = Desk.on(
                database,
                Map.of(
                        "chronodesk.identity.hashing-patience",
                        "1m",
                        "chronodesk.identity.secret-key",
                        SECRET,
                        "chronodesk.identity.providers.corp.issuer",
                        issuer.issuer(),
                        "chronodesk.identity.providers.corp.audience",
                        AUDIENCE));
        tokens = new LinkedHashMap<>();
        tokens.put("nobody", "");
        tokens.put("person", person(Role.AGENT));
        tokens.put("issuer", issuer.accessToken(UUID.randomUUID().toString(), Map.of(), "at+jwt", AUDIENCE));
        tokens.put("auditor", person(Role.AUDITOR));
        tokens.put("admin", person(Role.ADMIN));
        tokens.put("key", SECRET);
    }

    @AfterAll
    static void close() {
        desk.close();
        database.close();
        issuer.close();
    }

    private static String person(Role role) {
        var session = session(new Auth(desk).signUp(address(), PASSWORD));
        var id = UUID.fromString(session.get("user").get("id").stringValue());
        desk.commands().send(new AssignRole(new ProfileId(id), role), Senders.SYSTEM, Terms.PLAIN);
        return session.get("access_token").stringValue();
    }

    /** One row: what is called, and what each column says. */
    private record Row(String method, String path, List<String> cells) {

        String call() {
            return method + " " + path;
        }
    }

    private static List<Row> rows() throws IOException {
        var section = Files.readString(TABLE).split("## Who may call what of accounts", -1)[1];
        var rows = new ArrayList<Row>();
        for (var line : section.split("\n", -1)) {
            if (!line.startsWith("| `")) continue;
            var cells = Arrays.stream(line.split("\\|", -1)).map(String::strip).toList();
            var call = cells.get(1).replace("`", "").split(" ", -1);
            rows.add(new Row(call[0], call[1], cells.subList(2, 2 + tokens.size())));
        }
        return rows;
    }

    @Test
    void each_cell_of_the_table_holds() throws IOException {
        var rows = rows();
        assertThat(rows).hasSizeGreaterThan(25);
        for (var row : rows) {
            var column = 0;
            for (var who : tokens.entrySet()) {
                var said = row.cells().get(column++);
                var status = status(row, who.getValue());
                var how = row.call() + " by " + who.getKey();
                if (said.equals("yes")) assertThat(status).as(how).isNotIn(401, 403, 500, 503);
                else assertThat(status).as(how).isEqualTo(Integer.parseInt(said));
            }
        }
    }

    private static int status(Row row, String token) {
        var path = "/auth/v1" + row.path().replace("{id}", UUID.randomUUID().toString());
        return desk.send(path, request -> {
                    request.method(row.method(), BodyPublishers.ofString("{}"))
                            .header("Content-Type", "application/json");
                    if (!token.isEmpty()) request.header("Authorization", "Bearer " + token);
                })
                .status();
    }

    @Test
    void every_call_that_is_not_for_everybody_is_in_the_table() throws IOException {
        var told = rows().stream().map(Row::call).toList();
        var offered = desk.bean(RequestMappingHandlerMapping.class).getHandlerMethods().entrySet().stream()
                .filter(entry -> entry.getValue().getBeanType().isAnnotationPresent(RequestMapping.class)
                        || entry.getValue().getBeanType().getPackageName().startsWith("dev.chronodesk.identity.auth"))
                .flatMap(entry -> entry.getKey().getMethodsCondition().getMethods().stream()
                        .flatMap(method -> entry.getKey().getPatternValues().stream()
                                .map(path -> method + " "
                                        + path.replace("/auth/v1", "").replaceAll("\\{[a-z]+}", "{id}"))))
                .toList();
        var forEverybody = List.of(
                "POST /signup",
                "POST /token",
                "POST /otp",
                "POST /magiclink",
                "POST /recover",
                "POST /resend",
                "POST /verify",
                "GET /verify",
                "GET /authorize",
                "GET /callback",
                "POST /callback",
                "GET /settings",
                "GET /health");
        assertThat(offered).filteredOn(call -> !forEverybody.contains(call)).isSubsetOf(told);
        assertThat(offered).containsAll(told);
    }
}
