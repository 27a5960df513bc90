package dev.chronodesk.identity.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chronodesk.db.TestDatabase;
import dev.chronodesk.identity.Auth;
import dev.chronodesk.identity.Desk;
import dev.chronodesk.identity.PostOffice;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** An answer's time says nothing about the work behind it. */
class EvenTimeSpec {

    private static final Duration TIME = Duration.ofMillis(60);

    private static double median(Supplier<Object> work) {
        var even = new EvenTime(TIME);
        var times = new ArrayList<Double>();
        for (var i = 0; i < 15; i++) {
            var begun = System.nanoTime();
            even.of(work);
            times.add((System.nanoTime() - begun) / 1e6);
        }
        Collections.sort(times);
        return times.get(times.size() / 2);
    }

    @Test
    void is_the_same_for_little_and_for_much_work() {
        var nothing = median(() -> "nothing");
        var much = median(() -> {
            var until = System.nanoTime() + Duration.ofMillis(25).toNanos();
            while (System.nanoTime() < until) Thread.onSpinWait();
            return "much";
        });
        assertThat(nothing).isGreaterThanOrEqualTo(60.0);
        // without the waiting they would be 25 ms apart
        assertThat(Math.abs(nothing - much)).isLessThan(12);
    }

    @Test
    void is_taken_by_every_call_that_could_tell_whether_there_is_an_account() {
        try (var post = new PostOffice();
                var database = TestDatabase.create();
                var desk = Desk.on(database, post.settings("chronodesk.identity.even-time", "700ms"))) {
            var auth = new Auth(desk);
            var body = Map.of("email", Auth.address(), "password", Auth.PASSWORD, "type", "signup");
            auth.post("/signup", body); // the first one of a desk is slow by itself
            for (var path : List.of("/signup", "/otp", "/magiclink", "/recover", "/resend")) {
                var begun = System.nanoTime();
                assertThat(auth.post(path, body).status()).as(path).isEqualTo(200);
                assertThat(Duration.ofNanos(System.nanoTime() - begun))
                        .as(path)
                        .isGreaterThanOrEqualTo(Duration.ofMillis(700));
            }
        }
    }

    @Test
    void holds_for_refusals_too() {
        var begun = System.nanoTime();
        assertThatThrownBy(() -> new EvenTime(TIME).of(() -> {
                    throw new IllegalStateException("no");
                }))
                .hasMessage("no");
        assertThat(System.nanoTime() - begun).isGreaterThanOrEqualTo(TIME.toNanos());
    }
}
