package dev.chronodesk.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chronodesk.identity.Desk.Answer;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Calls of {@code /auth/v1} in few words. */
public record Auth(Desk desk) {

    public static final String PASSWORD = "correct horse";
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static int people;

    public static synchronized String address() {
        return "person" + people++ + "@example.org";
    }

    private static String[] headers(JsonNode session) {
        var headers = new ArrayList<>(List.of("X-Supabase-Api-Version", "2024-01-01"));
        if (session != null)
            headers.addAll(List.of(
                    "Authorization", "Bearer " + session.get("access_token").stringValue()));
        return headers.toArray(String[]::new);
    }

    public Answer post(String path, Map<String, ?> body) {
        return desk.post("/auth/v1" + path, JSON.writeValueAsString(body), headers(null));
    }

    public Answer post(JsonNode session, String path, Map<String, ?> body) {
        return desk.post("/auth/v1" + path, JSON.writeValueAsString(body), headers(session));
    }

    public Answer put(JsonNode session, String path, Map<String, ?> body) {
        return desk.send(
                "/auth/v1" + path, request -> request.PUT(BodyPublishers.ofString(JSON.writeValueAsString(body)))
                        .headers(headers(session)));
    }

    public Answer delete(JsonNode session, String path, Map<String, ?> body) {
        return desk.send("/auth/v1" + path, request -> request.method(
                        "DELETE", BodyPublishers.ofString(JSON.writeValueAsString(body)))
                .headers(headers(session)));
    }

    public Answer get(JsonNode session, String path) {
        return desk.get("/auth/v1" + path, headers(session));
    }

    public Answer signUp(String email, String password) {
        return post("/signup", Map.of("email", email, "password", password));
    }

    public Answer signIn(String email, String password) {
        return post("/token?grant_type=password", Map.of("email", email, "password", password));
    }

    public Answer refresh(JsonNode session) {
        return post(
                "/token?grant_type=refresh_token",
                Map.of("refresh_token", session.get("refresh_token").stringValue()));
    }

    /** The session that was answered. */
    public static JsonNode session(Answer answer) {
        assertThat(answer.status()).as(answer.raw().body()).isEqualTo(200);
        assertThat(answer.json().get("access_token")).as(answer.raw().body()).isNotNull();
        return answer.json();
    }

    public static void refused(Answer answer, int status, String code) {
        assertThat(answer.status()).as(answer.raw().body()).isEqualTo(status);
        assertThat(answer.json().get("code").stringValue())
                .as(answer.raw().body())
                .isEqualTo(code);
        assertThat(answer.header("x-sb-error-code")).isEqualTo(code);
    }
}
