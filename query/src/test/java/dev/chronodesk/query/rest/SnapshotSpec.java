package dev.chronodesk.query.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chronodesk.db.caller.Caller;
import dev.chronodesk.events.profile.Role;
import dev.chronodesk.query.Desk;
import dev.chronodesk.query.Histories;
import dev.chronodesk.query.Http;
import dev.chronodesk.query.QuerySettings;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The position of an answer is the position of its rows, whatever happens meanwhile. */
class SnapshotSpec {

    @Test
    void rows_and_position_agree_and_never_go_back_while_tables_are_folded_and_replaced() throws Exception {
        try (var desk = new Desk().start()) {
            var histories = new Histories(desk.log());
            var bob = histories.person("Bob", Role.CUSTOMER);
            desk.caughtUp();
            var http = new Http(new RestController(
                            desk.database().database().read(), desk.runner(), desk.log(), QuerySettings.defaults()))
                    .as(new Caller.Known(UUID.randomUUID(), Role.AGENT));
            var writing = CompletableFuture.runAsync(() -> {
                for (var i = 0; i < 400; i++) histories.ticket(bob, "T" + i);
            });
            var rebuilding = CompletableFuture.runAsync(() -> {
                try {
                    for (var i = 0; i < 2; i++) desk.rebuild(40).run((at, head) -> {});
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
            var last = 0L;
            var answers = 0;
            while (!writing.isDone() || !rebuilding.isDone() || answers < 20) {
                var reply = http.get("/rest/v1/tickets?select=id&limit=1", "Prefer", "count=exact");
                assertThat(reply.status()).as(reply.body()).isLessThan(300);
                var position = Long.parseLong(reply.header("Chronodesk-Position"));
                // every event but the first is a ticket
                assertThat(reply.header("Content-Range")).endsWith("/" + (position - 1));
                assertThat(position).isGreaterThanOrEqualTo(last);
                last = position;
                answers++;
            }
            writing.join();
            rebuilding.join();
            desk.caughtUp();
            assertThat(desk.runner().position()).isEqualTo(401);
        }
    }
}
