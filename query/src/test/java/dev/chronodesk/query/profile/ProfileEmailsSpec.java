package dev.chronodesk.query.profile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chronodesk.db.caller.Caller;
import dev.chronodesk.events.Personal;
import dev.chronodesk.events.profile.EmailVerified;
import dev.chronodesk.events.profile.ProfileId;
import dev.chronodesk.events.profile.Role;
import dev.chronodesk.query.Desk;
import dev.chronodesk.query.Histories;
import dev.chronodesk.query.Http;
import dev.chronodesk.query.QuerySettings;
import dev.chronodesk.query.rest.RestController;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Every address that a person had, and whose one was at a moment: Ada's became Eve's, and nobody's between. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ProfileEmailsSpec {

    private Desk desk;
    private Histories histories;
    private Http http;
    private ProfileId root;
    private ProfileId ada;
    private ProfileId eve;

    @BeforeAll
    void start() {
        desk = new Desk().start();
        histories = new Histories(desk.log());
        root = histories.at(day(1)).person("Root", Role.ADMIN);
        ada = histories.at(day(2)).by(root).person("Ada", Role.CUSTOMER);
        histories.at(day(3)).append(new EmailVerified(ada, Personal.of("Ada@example.com")));
        histories.at(day(10)).by(ada).email(ada, "king@example.org");
        eve = histories.at(day(20)).by(root).person("Eve", Role.CUSTOMER);
        histories.at(day(21)).email(eve, "ada@EXAMPLE.com");
        desk.caughtUp();
        http = new Http(new RestController(
                desk.database().database().read(), desk.runner(), desk.log(), QuerySettings.defaults()));
    }

    @AfterAll
    void stop() {
        desk.close();
    }

    private static Instant day(int day) {
        return Instant.parse("2026-03-01T12:00:00Z").plusSeconds(86_400L * (day - 1));
    }

    private Http as(ProfileId person, Role role) {
        return http.as(new Caller.Known(person.value(), role));
    }

    /** Whose it was then, in the eyes of that reader. */
    private List<String> whose(Http reader, String email, String rest) {
        var asked = reader.get(
                "/rest/v1/rpc/profile_by_email?email=" + URLEncoder.encode(email, StandardCharsets.UTF_8) + rest);
        assertThat(asked.status()).as(asked.body()).isEqualTo(200);
        var found = new ArrayList<String>();
        asked.json().forEach(row -> found.add(row.get("profile_id").asString()));
        return found;
    }

    private List<String> whose(String email, int day) {
        return whose(as(root, Role.ADMIN), email, "&at=" + day(day));
    }

    @Test
    void each_address_says_since_when_until_when_by_whom_and_whether_it_was_verified() {
        var rows = as(root, Role.ADMIN)
                .get("/rest/v1/profile_emails?profile_id=eq." + ada + "&order=position")
                .json();
        assertThat(rows).hasSize(2);
        var first = rows.get(0);
        assertThat(first.get("email").asString()).isEqualTo("Ada@example.com");
        assertThat(Instant.parse(first.get("since").asString())).isEqualTo(day(2));
        assertThat(Instant.parse(first.get("verified_at").asString())).isEqualTo(day(3));
        assertThat(Instant.parse(first.get("until").asString())).isEqualTo(day(10));
        assertThat(first.get("changed_by").asString()).isEqualTo(root.toString());
        var now = rows.get(1);
        assertThat(now.get("email").asString()).isEqualTo("king@example.org");
        assertThat(now.get("changed_by").asString()).isEqualTo(ada.toString());
        assertThat(now.get("until").isNull()).isTrue();
        assertThat(now.get("verified_at").isNull()).isTrue();
    }

    @Test
    void a_past_address_is_whose_it_was_at_that_moment() {
        assertThat(whose("ada@example.com", 1)).isEmpty();
        assertThat(whose("ada@example.com", 2)).containsExactly(ada.toString());
        assertThat(whose(" ADA@example.com ", 9)).containsExactly(ada.toString());
        assertThat(whose("ada@example.com", 10)).isEmpty();
        assertThat(whose("ada@example.com", 20)).isEmpty();
        assertThat(whose("ada@example.com", 21)).containsExactly(eve.toString());
        assertThat(whose(as(root, Role.AUDITOR), "ada@example.com", "")).containsExactly(eve.toString());
        assertThat(whose("king@example.org", 30)).containsExactly(ada.toString());
    }

    @Test
    void agents_find_who_has_it_now_and_people_themselves() {
        var agent = as(root, Role.AGENT);
        assertThat(whose(agent, "king@example.org", "")).containsExactly(ada.toString());
        assertThat(whose(agent, "ada@example.com", "&at=" + day(5))).isEmpty();
        assertThat(whose(as(ada, Role.CUSTOMER), "ada@example.com", "&at=" + day(5)))
                .containsExactly(ada.toString());
        assertThat(whose(as(ada, Role.CUSTOMER), "ada@example.com", "")).isEmpty();
        assertThat(as(root, Role.ANALYST)
                        .get("/rest/v1/rpc/profile_by_email?email=a")
                        .status())
                .isEqualTo(403);
        assertThat(http.as(new Caller.Anonymous())
                        .get("/rest/v1/rpc/profile_by_email?email=a")
                        .status())
                .isEqualTo(401);
    }

    @Test
    void an_erased_person_had_addresses_that_nobody_can_read() {
        var zoe = histories.at(day(25)).person("Zoe", Role.CUSTOMER);
        histories.email(zoe, "zoe.other@example.com");
        desk.caughtUp();
        assertThat(whose("zoe.other@example.com", 26)).containsExactly(zoe.toString());
        histories.at(day(27)).erase(zoe);
        desk.caughtUp();
        for (var day : List.of(25, 26, 28)) {
            assertThat(whose("zoe.other@example.com", day)).isEmpty();
            assertThat(whose("zoe@example.com", day)).isEmpty();
        }
        var rows = as(root, Role.ADMIN).get("/rest/v1/profile_emails?select=email&profile_id=eq." + zoe);
        assertThat(rows.json().toString()).isEqualTo("[{\"email\":null},{\"email\":null}]");
        var profile =
                as(root, Role.ADMIN).get("/rest/v1/profiles?select=email,display_name,active,erased_at&id=eq." + zoe);
        assertThat(profile.json().get(0).get("active").asBoolean()).isFalse();
        assertThat(Instant.parse(profile.json().get(0).get("erased_at").asString()))
                .isEqualTo(day(27));
        assertThat(profile.body()).doesNotContain("Zoe", "@");
    }
}
