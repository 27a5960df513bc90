package dev.chronodesk.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Many at once on one ticket, through HTTP and over two nodes on one database. */
class CrowdSpec {

    private static final int WRITERS = 100;

    static TestDesk one;
    static TestDesk other;
    static String agent;

    @BeforeAll
    static void start() {
        one = TestDesk.start();
        agent = one.person("ari", "agent");
        other = TestDesk.on(one.database());
    }

    @AfterAll
    static void stop() {
        other.stop();
        one.close();
    }

    @Test
    void a_hundred_writers_on_one_ticket_make_as_many_events_as_are_acknowledged() throws Exception {
        var ticket = one.ticket(agent, "Printer on fire");
        var before = one.head();
        var accepted = 0;
        for (var answer : all(writer -> (writer % 2 == 0 ? one : other)
                .command(
                        agent,
                        "AddComment",
                        Map.of("ticketId", ticket, "body", "by " + writer, "visibility", "public")))) {
            assertThat(answer.status()).as(answer.body()).isEqualTo(200);
            accepted++;
        }
        assertThat(accepted).isEqualTo(WRITERS);
        assertThat(one.head() - before).isEqualTo(WRITERS);
        assertThat(one.read(agent, "ticket_comments?select=id&ticket_id=eq." + ticket)
                        .size())
                .isEqualTo(WRITERS);
    }

    @Test
    void a_hundred_sendings_of_one_key_append_once_and_are_answered_alike() throws Exception {
        var ticket = one.ticket(agent, "Printer on fire");
        var before = one.head();
        var bodies = new ArrayList<String>();
        for (var answer : all(writer -> (writer % 2 == 0 ? one : other)
                .command(
                        agent,
                        "AddComment",
                        Map.of("ticketId", ticket, "body", "once", "visibility", "public"),
                        "Idempotency-Key",
                        "the same for all"))) {
            assertThat(answer.status()).as(answer.body()).isEqualTo(200);
            bodies.add(answer.body());
        }
        assertThat(bodies).hasSize(WRITERS);
        assertThat(bodies.stream().distinct()).hasSize(1);
        assertThat(one.head() - before).isEqualTo(1);
        var another = other.command(
                agent,
                "AddComment",
                Map.of("ticketId", ticket, "body", "something else", "visibility", "public"),
                "Idempotency-Key",
                "the same for all");
        assertThat(another.status()).as(another.body()).isEqualTo(409);
        assertThat(one.head() - before).isEqualTo(1);
    }

    private interface Writer {
        TestDesk.Answer write(int number);
    }

    private static Iterable<TestDesk.Answer> all(Writer writer) throws Exception {
        var answers = new ArrayList<TestDesk.Answer>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var sends = new ArrayList<Callable<TestDesk.Answer>>();
            for (var i = 0; i < WRITERS; i++) {
                var number = i;
                sends.add(() -> writer.write(number));
            }
            for (var answer : threads.invokeAll(sends)) answers.add(answer.get());
        }
        return answers;
    }
}
