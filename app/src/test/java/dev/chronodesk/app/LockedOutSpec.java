package dev.chronodesk.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Who was deactivated is refused at every door, with old tokens too, and signs in anew when they are back. */
class LockedOutSpec {

    static TestDesk desk;

    @BeforeAll
    static void start() {
        desk = TestDesk.start();
    }

    @AfterAll
    static void stop() {
        desk.close();
    }

    private static TestDesk.Answer token(String grant, Map<String, String> with) {
        return desk.post("", "/auth/v1/token?grant_type=" + grant, TestDesk.JSON.writeValueAsString(with));
    }

    @Test
    void a_deactivated_person_opens_nothing_at_once() {
        desk.signUp("ari@example.org", "Ari");
        var password = Map.of("email", "ari@example.org", "password", TestDesk.PASSWORD);
        var session = token("password", password).ok().json();
        var access = session.get("access_token").asString();
        var refresh = Map.of("refresh_token", session.get("refresh_token").asString());
        var ari = Map.of("profileId", desk.id(access));
        desk.command(desk.admin(), "DeactivateProfile", ari).ok();

        assertThat(desk.get(access, "/rest/v1/tickets").status()).isEqualTo(401);
        assertThat(desk.get(access, "/auth/v1/user").status()).isIn(401, 403);
        assertThat(desk.command(access, "CreateTicket", Map.of("subject", "x", "description", "y"))
                        .status())
                .isEqualTo(401);
        assertThat(token("refresh_token", refresh).status()).isEqualTo(400);
        assertThat(token("password", password).header("x-sb-error-code")).isEqualTo("user_banned");
        var profile = "profiles?select=active&id=eq." + ari.get("profileId");
        assertThat(desk.read(desk.admin(), profile).get(0).get("active").asBoolean())
                .isFalse();

        desk.command(desk.admin(), "ReactivateProfile", ari).ok();
        assertThat(desk.get(access, "/rest/v1/tickets").status()).isEqualTo(401);
        assertThat(token("refresh_token", refresh).status()).isEqualTo(400);
        var again = token("password", password).ok().json().get("access_token").asString();
        assertThat(desk.get(again, "/rest/v1/tickets").status()).isEqualTo(200);
        assertThat(desk.read(again, profile).get(0).get("active").asBoolean()).isTrue();
    }
}
