package dev.chronodesk.query.fold;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chronodesk.events.profile.Role;
import dev.chronodesk.query.Desk;
import dev.chronodesk.query.Histories;
import java.util.ArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** All read tables can be dropped and made again from the log, while somebody reads them and somebody writes. */
class RebuildSpec {

    private Desk desk;

    @BeforeEach
    void open() {
        desk = new Desk();
    }

    @AfterEach
    void close() {
        desk.close();
    }

    @Test
    void rebuilt_tables_equal_the_ones_before_row_by_row() throws Exception {
        new Histories(desk.log(), 5).random(250);
        desk.start().caughtUp();
        var before = Tables.hashes(desk);
        var told = new ArrayList<String>();
        var position = desk.rebuild(100).run((at, head) -> told.add(at + "/" + head));
        assertThat(position).isEqualTo(250);
        assertThat(Tables.hashes(desk)).isEqualTo(before);
        assertThat(Tables.stored(desk)).isEqualTo(Tables.folded(desk.log()));
        assertThat(told).startsWith("100/250", "200/250", "250/250");
    }

    @Test
    void what_somebody_broke_is_mended() throws Exception {
        new Histories(desk.log(), 6).random(100);
        desk.start().caughtUp();
        var before = Tables.hashes(desk);
        desk.stop();
        try (var connection = desk.database().superuser();
                var statement = connection.createStatement()) {
            statement.execute("update live.tickets set subject = 'tampered'");
        }
        assertThat(Tables.hashes(desk)).isNotEqualTo(before);
        desk.rebuild(1000).run((at, head) -> {});
        assertThat(Tables.hashes(desk)).isEqualTo(before);
    }

    @Test
    void readers_and_writers_go_on_and_nobody_sees_less_than_before() throws Exception {
        var histories = new Histories(desk.log(), 8);
        histories.random(300);
        desk.start().caughtUp();
        var stop = new AtomicBoolean();
        var fewest = new AtomicLong(Long.MAX_VALUE);
        var reads = new AtomicLong();
        var reader = Thread.ofPlatform().start(() -> {
            try (var connection = desk.database().superuser()) {
                while (!stop.get()) {
                    var profiles = Long.parseLong(Tables.text(connection, "select count(*) from api.profiles"));
                    fewest.accumulateAndGet(profiles, Math::min);
                    reads.incrementAndGet();
                }
            } catch (Exception e) {
                fewest.set(-1);
            }
        });
        var profiles = Tables.folded(desk.log()).get("profiles").size();
        for (var round = 0; round < 3; round++) {
            desk.rebuild(50).run((at, head) -> histories.person("Meanwhile", Role.CUSTOMER));
            histories.person("After", Role.CUSTOMER);
            desk.caughtUp();
        }
        stop.set(true);
        reader.join();
        assertThat(fewest.get()).isEqualTo(profiles);
        assertThat(reads.get()).isGreaterThan(3);
        assertThat(Tables.stored(desk)).isEqualTo(Tables.folded(desk.log()));
    }
}
