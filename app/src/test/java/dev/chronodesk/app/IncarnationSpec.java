package dev.chronodesk.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** Positions and versions of a history that was lost are not taken for those of the one after it. */
class IncarnationSpec {

    private static final String HEADER = "Chronodesk-Incarnation";

    @Test
    void who_knows_another_incarnation_is_refused_at_every_door_until_they_have_read_again() {
        try (var desk = TestDesk.start()) {
            var admin = desk.admin();
            var sent = desk.command(admin, "CreateTeam", Map.of("name", "Printers"))
                    .ok();
            var known = sent.header(HEADER);
            assertThat(known).matches("[0-9a-f]{8}");
            var paths = new String[] {"/rest/v1/teams", "/audit/events"};
            for (var path : paths) {
                assertThat(desk.get(admin, path, HEADER, known).ok().header(HEADER))
                        .isEqualTo(known);
                assertThat(desk.get(admin, path).ok().header(HEADER)).isEqualTo(known);
            }

            var begun = Ran.on(desk.database(), "incarnation", "begin");
            assertThat(begun.code()).as(begun.output()).isZero();
            for (var path : paths) eventuallyAnother(desk, admin, path, known);

            var before = desk.head();
            var refused = desk.command(admin, "CreateTeam", Map.of("name", "Ghosts"), HEADER, known);
            assertThat(refused.status()).isEqualTo(412);
            assertThat(refused.json().get("type").asString()).isEqualTo("/errors/another-incarnation");
            assertThat(desk.head()).isEqualTo(before);
            assertThat(desk.get(admin, "/audit/events", HEADER, known).status()).isEqualTo(412);
            var rest = desk.get(
                    admin,
                    "/rest/v1/teams",
                    HEADER,
                    known,
                    "Chronodesk-Min-Position",
                    sent.header("Chronodesk-Position"));
            assertThat(rest.status()).isEqualTo(412);
            assertThat(rest.json().get("code").asString()).isEqualTo("CD412");
            assertThat(rest.json().get("message").asString()).contains("read again");

            var now = rest.header(HEADER);
            assertThat(now).isNotEqualTo(known);
            assertThat(begun.output()).contains(now);
            desk.command(admin, "CreateTeam", Map.of("name", "Screens"), HEADER, now)
                    .ok();
            // the read tables are of this log, so they go on without being built anew
            assertThat(desk.read(admin, "teams")).hasSize(2);
        }
    }

    @Test
    void incarnation_alone_is_wrong_usage() {
        assertThat(Ran.with("incarnation").code()).isEqualTo(2);
        assertThat(Ran.with("incarnation", "begin", "--help").output()).contains("history than before");
    }

    private static void eventuallyAnother(TestDesk desk, String token, String path, String known) {
        var until = System.nanoTime() + 5_000_000_000L;
        while (desk.get(token, path).ok().header(HEADER).equals(known))
            assertThat(System.nanoTime()).isLessThan(until);
    }
}
