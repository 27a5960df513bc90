package dev.chronodesk.identity.door;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chronodesk.db.TestDatabase;
import dev.chronodesk.identity.Desk;
import dev.chronodesk.identity.Desk.Answer;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Keys of single programs, over HTTP. */
class MachineKeysSpec {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String SECRET = "sb_secret_0123456789012345678901";

    private static TestDatabase database;
    private static Desk desk;
    private static JdbcClient jdbc;

    @BeforeAll
    static void open() {
        database = TestDatabase.create();
        desk = Desk.on(database, Map.of("chronodesk.identity.secret-key", SECRET));
        jdbc = JdbcClient.create(database.database().identity());
    }

    @AfterAll
    static void close() {
        desk.close();
        database.close();
    }

    private static Answer send(String key, String method, String path, Map<String, ?> body) {
        return desk.send(path, request -> request.method(method, BodyPublishers.ofString(JSON.writeValueAsString(body)))
                .headers("Authorization", "Bearer " + key, "X-Supabase-Api-Version", "2024-01-01"));
    }

    private static JsonNode made(Map<String, ?> body) {
        var answer = send(SECRET, "POST", "/auth/v1/admin/api_keys", body);
        assertThat(answer.status()).as(answer.raw().body()).isEqualTo(200);
        return answer.json();
    }

    private static String key(JsonNode made) {
        return made.get("api_key").stringValue();
    }

    private static String who(String key) {
        var answer = desk.get("/audit/who", "Authorization", "Bearer " + key);
        return answer.status() == 200 ? answer.raw().body() : String.valueOf(answer.status());
    }

    private static JsonNode listed(String id) {
        for (var each : send(SECRET, "GET", "/auth/v1/admin/api_keys", Map.of()).json())
            if (each.get("id").stringValue().equals(id)) return each;
        throw new AssertionError("not listed");
    }

    @Test
    void a_key_is_shown_once_and_kept_as_a_hash_with_its_beginning() {
        var made = made(Map.of("name", "Importer", "role", "auditor", "scopes", List.of("read")));
        var id = made.get("id").stringValue();
        assertThat(who(key(made))).isEqualTo("auditor " + id);
        assertThat(key(made)).startsWith(made.get("prefix").stringValue()).hasSize(53);
        assertThat(made.get("prefix").stringValue()).hasSize(16);
        var listed = listed(id);
        assertThat(listed.toString()).doesNotContain(key(made));
        assertThat(listed.get("name").stringValue()).isEqualTo("Importer");
        assertThat(listed.get("created_by").stringValue())
                .isEqualTo(ApiKeys.SECRET.id().toString());
        assertThat(listed.get("last_used_at").stringValue()).isNotBlank();
        assertThat(jdbc.sql("select k::text || encode(hash, 'escape') from identity.api_key k where id = ?::uuid")
                        .param(id)
                        .query(String.class)
                        .single())
                .doesNotContain(key(made));
        // also in the other header, as the clients send it
        assertThat(desk.get("/audit/who", "apikey", key(made)).raw().body()).isEqualTo("auditor " + id);
    }

    @Test
    void a_key_may_do_what_its_scopes_say() {
        var scopes = new HashMap<String, String>();
        for (var scope : List.of("read", "write", "admin"))
            scopes.put(scope, key(made(Map.of("name", scope, "scopes", List.of(scope)))));
        scopes.forEach((scope, key) -> {
            assertThat(send(key, "GET", "/audit/who", Map.of()).status()).isEqualTo(scope.equals("read") ? 200 : 403);
            // a path with another method: the door has let it in
            assertThat(send(key, "POST", "/audit/who", Map.of()).status()).isEqualTo(scope.equals("write") ? 405 : 403);
            assertThat(send(key, "POST", "/rest/v1/who", Map.of()).status())
                    .isEqualTo(scope.equals("write") ? 405 : 403);
            assertThat(send(key, "GET", "/auth/v1/admin/users", Map.of()).status())
                    .isEqualTo(scope.equals("admin") ? 200 : 403);
            assertThat(send(key, "POST", "/auth/v1/invite", Map.of()).status())
                    .isEqualTo(scope.equals("admin") ? 400 : 403);
            assertThat(send(key, "POST", "/auth/v1/admin/api_keys", Map.of("name", "x", "scopes", List.of("read")))
                            .status())
                    .isEqualTo(scope.equals("admin") ? 200 : 403);
        });
        var auditor = key(made(Map.of("name", "a", "role", "auditor", "scopes", List.of("read", "write", "admin"))));
        assertThat(send(auditor, "GET", "/auth/v1/admin/users", Map.of()).header("x-sb-error-code"))
                .isEqualTo("not_admin");
        assertThat(send(auditor, "GET", "/auth/v1/admin/audit", Map.of()).status())
                .isEqualTo(200);
    }

    @Test
    void a_revoked_or_expired_key_is_unknown_from_the_next_request_on() {
        var made = made(Map.of("name", "Short", "scopes", List.of("read")));
        var id = made.get("id").stringValue();
        assertThat(who(key(made))).isEqualTo("service " + id);
        assertThat(send(SECRET, "DELETE", "/auth/v1/admin/api_keys/" + id, Map.of())
                        .status())
                .isEqualTo(204);
        assertThat(who(key(made))).isEqualTo("401");
        assertThat(send(SECRET, "DELETE", "/auth/v1/admin/api_keys/" + id, Map.of())
                        .status())
                .isEqualTo(404);
        assertThat(listed(id).get("revoked_at").stringValue()).isNotBlank();
        var other = made(Map.of("name", "Late", "scopes", List.of("read"), "expires_at", "2100-01-01T00:00:00Z"));
        assertThat(who(key(other))).startsWith("service");
        jdbc.sql("update identity.api_key set expires_at = now() where id = ?::uuid")
                .param(other.get("id").stringValue())
                .update();
        assertThat(who(key(other))).isEqualTo("401");
    }

    @Test
    void a_rotated_key_works_on_for_the_overlap_and_has_a_successor_with_the_same_rights() {
        var made = made(Map.of("name", "Nightly", "role", "analyst", "scopes", List.of("read")));
        var path = "/auth/v1/admin/api_keys/" + made.get("id").stringValue() + "/rotate";
        var next = send(SECRET, "POST", path, Map.of("overlap", "PT1H")).json();
        assertThat(next.get("name").stringValue()).isEqualTo("Nightly");
        assertThat(next.get("scopes")).isEqualTo(made.get("scopes"));
        assertThat(who(key(made))).startsWith("analyst");
        assertThat(who(key(next))).startsWith("analyst");
        assertThat(send(SECRET, "POST", path, Map.of("overlap", "PT0S")).status())
                .isEqualTo(200);
        assertThat(who(key(made))).isEqualTo("401");
        assertThat(who(key(next))).startsWith("analyst");
        assertThat(send(SECRET, "POST", path, Map.of()).status()).isEqualTo(404);
    }

    @Test
    void a_key_that_expires_does_so_though_it_is_rotated_and_its_successor_with_it() {
        var expiry = Instant.now().plus(Duration.ofMinutes(30)).truncatedTo(ChronoUnit.SECONDS);
        var made = made(Map.of("name", "Brief", "scopes", List.of("read"), "expires_at", expiry.toString()));
        var id = made.get("id").stringValue();
        var path = "/auth/v1/admin/api_keys/" + id + "/rotate";
        var next = send(SECRET, "POST", path, Map.of("overlap", "PT1H")).json();
        for (var each : List.of(listed(id), next))
            assertThat(Instant.parse(each.get("expires_at").stringValue())).isEqualTo(expiry);
    }

    @Test
    void what_makes_no_sense_is_refused_by_name() {
        for (var wrong : List.<Map<String, ?>>of(
                Map.of("scopes", List.of("read")),
                Map.of("name", " ", "scopes", List.of("read")),
                Map.of("name", "x"),
                Map.of("name", "x", "scopes", List.of()),
                Map.of("name", "x", "scopes", "read"),
                Map.of("name", "x", "scopes", List.of("everything")),
                Map.of("name", "x", "scopes", List.of(7)),
                Map.of("name", "x", "scopes", List.of("read"), "role", "admin"),
                Map.of("name", "x", "scopes", List.of("read"), "expires_at", "2001-01-01T00:00:00Z"),
                Map.of("name", "x", "scopes", List.of("read"), "expires_at", "soon"))) {
            var answer = send(SECRET, "POST", "/auth/v1/admin/api_keys", wrong);
            assertThat(answer.status()).as(answer.raw().body()).isEqualTo(400);
            assertThat(answer.json().get("message").stringValue()).containsPattern("^(name|scopes|role|expires_at): ");
        }
        var path = "/auth/v1/admin/api_keys/" + UUID.randomUUID();
        assertThat(send(SECRET, "POST", path + "/rotate", Map.of("overlap", "P31D"))
                        .status())
                .isEqualTo(400);
        assertThat(send(SECRET, "POST", path + "/rotate", Map.of()).status()).isEqualTo(404);
        assertThat(send(SECRET, "DELETE", "/auth/v1/admin/api_keys/x", Map.of()).status())
                .isEqualTo(404);
    }
}
