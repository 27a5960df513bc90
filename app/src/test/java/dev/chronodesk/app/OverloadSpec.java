package dev.chronodesk.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class OverloadSpec {

    private static final int SENT = 200;

    @Test
    void what_is_too_much_is_refused_at_once_and_says_when_to_come_again_and_nothing_of_it_is_done() throws Exception {
        try (var desk = TestDesk.start("--chronodesk.command.at-once=2")) {
            var agent = desk.person("agent", "agent");
            var ticket = desk.ticket(agent, "Printer on fire");
            var before = desk.head();
            var accepted = 0;
            var refused = 0;
            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                var answers = new ArrayList<Future<TestDesk.Answer>>();
                for (var i = 0; i < SENT; i++) {
                    var body = Map.of("ticketId", ticket, "body", "number " + i, "visibility", "public");
                    answers.add(threads.submit(() -> desk.command(agent, "AddComment", body)));
                }
                for (var sent : answers) {
                    var answer = sent.get();
                    if (answer.status() == 200) {
                        accepted++;
                        continue;
                    }
                    refused++;
                    assertThat(answer.status()).as(answer.body()).isEqualTo(503);
                    assertThat(answer.header("Retry-After")).isEqualTo("1");
                    assertThat(answer.header("Content-Type")).startsWith("application/problem+json");
                    assertThat(answer.json().get("type").asString()).isEqualTo("/errors/unavailable");
                }
            }
            assertThat(refused).as("refused").isPositive();
            assertThat(accepted).as("accepted").isPositive();
            assertThat(desk.head() - before).as("events").isEqualTo(accepted);
            // and afterwards everything goes its way again
            desk.ticket(agent, "Printer still on fire");
        }
    }
}
