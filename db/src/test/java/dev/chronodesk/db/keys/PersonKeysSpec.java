package dev.chronodesk.db.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.google.crypto.tink.KmsClients;
import dev.chronodesk.db.TestDatabase;
import dev.chronodesk.db.log.Append;
import dev.chronodesk.db.log.NewEvent;
import dev.chronodesk.db.log.Recorded;
import dev.chronodesk.events.Event;
import dev.chronodesk.events.Metadata;
import dev.chronodesk.events.Personal;
import dev.chronodesk.events.codec.UndecodableEventException;
import dev.chronodesk.events.profile.ProfileId;
import dev.chronodesk.events.profile.Role;
import dev.chronodesk.events.ticket.CommentAdded;
import dev.chronodesk.events.ticket.CommentId;
import dev.chronodesk.events.ticket.TicketId;
import dev.chronodesk.events.ticket.Visibility;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PersonKeysSpec {

    private static final byte[] PLACE = "here".getBytes(StandardCharsets.UTF_8);
    private static final byte[] TEXT = "My salary is wrong".getBytes(StandardCharsets.UTF_8);

    private TestDatabase database;

    @TempDir
    Path elsewhere;

    @BeforeEach
    void create() {
        database = TestDatabase.create();
    }

    @AfterEach
    void close() {
        database.close();
    }

    private PersonKeys node() {
        return node(database.keySettings());
    }

    private PersonKeys node(KeySettings settings) {
        return PersonKeys.open(database.database().keys(), settings);
    }

    private static byte[] sealed(PersonKeys keys, UUID person) {
        return keys.seal(person, TEXT, PLACE).orElseThrow();
    }

    private static void opens(PersonKeys keys, UUID person, byte[] sealed) {
        assertThat(keys.open(person, sealed, PLACE).orElseThrow()).isEqualTo(TEXT);
    }

    private void superuser(String... statements) throws SQLException {
        try (var connection = database.superuser();
                var statement = connection.createStatement()) {
            for (var sql : statements) statement.execute(sql);
        }
    }

    private String one(String query) throws SQLException {
        try (var connection = database.superuser();
                var statement = connection.createStatement();
                var row = statement.executeQuery(query)) {
            row.next();
            return String.valueOf(row.getString(1));
        }
    }

    /** As a database is before the first start. */
    private void neverStarted() throws SQLException {
        superuser(
                "alter table log.person_key disable trigger all",
                "delete from log.person_key",
                "alter table log.person_key enable always trigger person_key_stays",
                "alter table log.person_key enable always trigger person_key_changes");
    }

    private static void within(Duration patience, BooleanSupplier holds) throws InterruptedException {
        var until = System.nanoTime() + patience.toNanos();
        while (!holds.getAsBoolean()) {
            assertThat(System.nanoTime()).as("not within " + patience).isLessThan(until);
            Thread.sleep(20);
        }
    }

    @Nested
    class A_key {

        @Test
        void is_made_when_something_is_first_sealed_and_is_the_same_on_every_node() {
            var person = UUID.randomUUID();
            try (var other = node()) {
                var sealed = sealed(database.keys(), person);
                assertThat(sealed).isNotEqualTo(sealed(database.keys(), person)).hasSize(TEXT.length + 28);
                opens(other, person, sealed);
                opens(database.keys(), person, sealed(other, person));
            }
        }

        @Test
        void is_made_once_by_nodes_that_meet_a_person_at_the_same_moment() throws Exception {
            try (var other = node();
                    var threads = Executors.newFixedThreadPool(8)) {
                for (var round = 0; round < 20; round++) {
                    var person = UUID.randomUUID();
                    var tasks = new ArrayList<Callable<byte[]>>();
                    for (var i = 0; i < 8; i++) {
                        var keys = i % 2 == 0 ? other : database.keys();
                        tasks.add(() -> sealed(keys, person));
                    }
                    for (var sealed : threads.invokeAll(tasks)) {
                        opens(other, person, sealed.get());
                        opens(database.keys(), person, sealed.get());
                    }
                }
            }
        }

        @Test
        void opens_nothing_that_was_damaged_or_moved_and_nothing_of_somebody_else() {
            var person = UUID.randomUUID();
            var another = UUID.randomUUID();
            var sealed = sealed(database.keys(), person);
            sealed(database.keys(), another);
            var damaged = sealed.clone();
            damaged[20] ^= 1;
            for (Runnable wrong : List.<Runnable>of(
                    () -> database.keys().open(person, damaged, PLACE),
                    () -> database.keys().open(person, new byte[3], PLACE),
                    () -> database.keys().open(person, sealed, new byte[4]),
                    () -> database.keys().open(another, sealed, PLACE),
                    () -> database.keys().open(UUID.randomUUID(), sealed, PLACE)))
                assertThatExceptionOfType(UndecodableEventException.class).isThrownBy(wrong::run);
        }

        @Test
        void is_fetched_with_its_neighbours() {
            var persons = Stream.generate(UUID::randomUUID).limit(1_000).toList();
            var sealed = persons.stream()
                    .map(person -> sealed(database.keys(), person))
                    .toList();
            var counted = new Counted(database.database().keys(), new AtomicInteger());
            try (var fresh = PersonKeys.open(counted, database.keySettings())) {
                var before = counted.times().get();
                for (var i = 0; i < persons.size(); i++) opens(fresh, persons.get(i), sealed.get(i));
                assertThat(counted.times().get() - before).isBetween(8, 30);
            }
        }

        @Test
        void is_wrapped_in_the_database_and_stays_there() throws SQLException {
            var person = UUID.randomUUID();
            sealed(database.keys(), person);
            for (var change : List.of(
                    "delete from log.person_key",
                    "truncate log.person_key",
                    "update log.person_key set person = gen_random_uuid()",
                    "update log.person_key set made_at = now() - interval '1 day'"))
                for (var login :
                        List.of(database.database().keys(), database.database().write()))
                    try (var connection = login.getConnection();
                            var statement = connection.createStatement()) {
                        assertThatExceptionOfType(SQLException.class)
                                .as(change)
                                .isThrownBy(() -> statement.execute(change))
                                .satisfies(e -> assertThat(e.getSQLState()).isEqualTo("42501"));
                    }
            assertThatExceptionOfType(SQLException.class).isThrownBy(() -> superuser("delete from log.person_key"));
            for (var login : List.of(
                    database.database().fold(),
                    database.database().read(),
                    database.database().identity()))
                try (var connection = login.getConnection();
                        var statement = connection.createStatement()) {
                    assertThatExceptionOfType(SQLException.class)
                            .isThrownBy(() -> statement.execute("select wrapped from log.person_key"));
                }
        }
    }

    @Nested
    class A_destroyed_key {

        private NewEvent comment(TicketId ticket, int seq, UUID author, String body) {
            var event = new CommentAdded(
                    ticket,
                    new CommentId(UUID.randomUUID()),
                    new ProfileId(author),
                    Personal.of(body),
                    Visibility.PUBLIC);
            var metadata = new Metadata(author, Role.CUSTOMER, author, false, "AddComment", "k", null);
            return new NewEvent(seq, UUID.randomUUID(), null, event, metadata);
        }

        private Personal<String> body(Recorded<Event> recorded) {
            return ((CommentAdded) recorded.event()).body();
        }

        @Test
        void erases_the_past_and_the_future_of_that_person_and_changes_no_byte() {
            var ada = UUID.randomUUID();
            var bob = UUID.randomUUID();
            var ticket = new TicketId(UUID.randomUUID());
            database.log()
                    .append(new Append(List.of(comment(ticket, 0, ada, "A"), comment(ticket, 1, bob, "B")), null));
            var before = database.log().storedAfter(0, 10);

            database.keys().destroy(ada);
            assertThat(database.keys().needsRebuild()).isTrue();
            database.keys().rebuilt();
            database.keys().destroy(ada);
            database.log().append(new Append(List.of(comment(ticket, 2, ada, "Too late")), null));

            var events = database.log().stream(ticket.value(), 0);
            assertThat(events)
                    .extracting(this::body)
                    .containsExactly(Personal.erased(), Personal.of("B"), Personal.erased());
            var after = database.log().storedAfter(0, 2);
            for (var i = 0; i < 2; i++)
                assertThat(after.get(i).payload()).isEqualTo(before.get(i).payload());
            assertThat(database.log().storedAfter(2, 1).getFirst().payload())
                    .asString(StandardCharsets.UTF_8)
                    .contains("\"body\":{\"erased\":true}");
        }

        @Test
        void is_out_of_use_on_other_nodes_soon_and_stands_on_their_lists() throws Exception {
            var person = UUID.randomUUID();
            var settings = new KeySettings("file:" + kek(), elsewhere.resolve("keys"));
            try (var other = node(settings)) {
                var sealed = sealed(other, person);
                opens(other, person, sealed);
                database.keys().destroy(person);
                within(PersonKeys.LOOK.multipliedBy(3), () -> other.open(person, sealed, PLACE)
                        .isEmpty());
                assertThat(other.seal(person, TEXT, PLACE)).isEmpty();
                within(PersonKeys.LOOK, () -> listed(settings).containsKey(person));
            }
        }

        @Test
        void of_somebody_whom_the_log_says_to_be_erased_is_told_any_number_of_times_and_needs_no_rebuild()
                throws Exception {
            var person = UUID.randomUUID();
            var settings = new KeySettings("file:" + kek(), elsewhere.resolve("keys"));
            try (var other = node(settings)) {
                var sealed = sealed(other, person);
                opens(other, person, sealed);
                database.keys().erase(person);
                // a node that is told as well does not wait until it notices
                other.erase(person);
                assertThat(other.open(person, sealed, PLACE)).isEmpty();
                database.keys().erase(person);
                assertThat(database.keys().erasures()).isEqualTo(1);
            }
            assertThat(listed(database.keySettings())).containsKey(person);
            assertThat(database.keys().needsRebuild()).isFalse();
        }

        @Test
        void can_be_that_of_a_person_who_had_none() {
            var person = UUID.randomUUID();
            database.keys().destroy(person);
            assertThat(database.keys().seal(person, TEXT, PLACE)).isEmpty();
        }

        @Test
        void stays_destroyed_in_a_database_that_is_restored_from_before() throws Exception {
            var person = UUID.randomUUID();
            var sealed = sealed(database.keys(), person);
            superuser("create table public.backup as select * from log.person_key");
            database.keys().destroy(person);
            neverStarted();
            superuser("insert into log.person_key overriding system value select * from public.backup");

            try (var restored = node()) {
                assertThat(restored.open(person, sealed, PLACE)).isEmpty();
                assertThat(restored.needsRebuild()).isTrue();
                restored.rebuilt();
                assertThat(restored.needsRebuild()).isFalse();
            }
            assertThat(one("select count(*) from log.person_key where wrapped is null"))
                    .isEqualTo("1");
        }

        @Test
        void is_put_on_a_list_that_lacks_it() throws Exception {
            var person = UUID.randomUUID();
            database.keys().destroy(person);
            Files.delete(database.keySettings().destroyed());
            node().close();
            assertThat(listed(database.keySettings())).containsKey(person);
        }

        @Test
        void never_comes_back() throws SQLException {
            var person = UUID.randomUUID();
            database.keys().destroy(person);
            assertThatExceptionOfType(SQLException.class)
                    .isThrownBy(
                            () -> superuser("update log.person_key set wrapped = '\\x00', kek = 1, destroyed_at = null,"
                                    + " destroyed_number = null where person = '" + person + "'"))
                    .satisfies(e -> assertThat(e.getSQLState()).isEqualTo("42501"));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> database.keys().destroy(new UUID(0, 0)));
        }

        private Map<UUID, Instant> listed(KeySettings settings) {
            try {
                return new DestroyedKeys(settings.destroyed()).read();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }

        @Test
        void is_on_a_list_whose_last_line_may_be_cut_and_no_other() throws Exception {
            var first = UUID.randomUUID();
            var second = UUID.randomUUID();
            var file = elsewhere.resolve("destroyed");
            var list = new DestroyedKeys(file);
            list.add(List.of(first, second), Instant.now());
            var whole = Files.readString(file);
            for (var kept = whole.indexOf('\n') + 1; kept < whole.length(); kept++) {
                Files.writeString(file, whole.substring(0, kept));
                assertThat(list.read()).containsOnlyKeys(first);
                list.add(List.of(second), Instant.now());
                assertThat(list.read()).containsOnlyKeys(first, second);
            }
            for (var broken : List.of(
                    whole.replace(first.toString(), second.toString()), "\n" + whole, whole.replaceFirst("Z ", "Z")))
                assertThatExceptionOfType(KeysUnusableException.class)
                        .as(broken)
                        .isThrownBy(() -> {
                            Files.writeString(file, broken);
                            list.read();
                        })
                        .withMessageContaining("line 1");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------");
        }
    }

    private Path kek() {
        return database.keySettings().directory().resolve("kek.json");
    }

    private void refused(KeySettings settings, String... words) {
        assertThatExceptionOfType(KeysUnusableException.class)
                .isThrownBy(() -> node(settings).close())
                .satisfies(e -> assertThat(e.getMessage())
                        .startsWith("chronodesk.keys.")
                        .contains(words));
    }

    @Nested
    class The_key_encryption_key {

        @Test
        void is_made_at_the_first_start_for_its_owner_only() throws Exception {
            neverStarted();
            var settings = new KeySettings(null, elsewhere.resolve("keys"));
            var file = elsewhere.resolve("keys/kek.json");
            var person = UUID.randomUUID();
            byte[] sealed;
            try (var first = node(settings)) {
                assertThat(first.made()).contains(file);
                sealed = sealed(first, person);
            }
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.getParent())))
                    .isEqualTo("rwx------");
            try (var second = node(settings)) {
                assertThat(second.made()).isEmpty();
                opens(second, person, sealed);
            }
        }

        @Test
        void is_never_made_anew_when_it_is_missing() {
            var settings = new KeySettings(null, elsewhere);
            refused(settings, "is not there", "backup");
            assertThat(elsewhere.resolve("kek.json")).doesNotExist();
            refused(new KeySettings("env:CHRONODESK_NO_SUCH_VARIABLE", elsewhere), "CHRONODESK_NO_SUCH_VARIABLE");
        }

        @Test
        void is_refused_when_it_is_not_this_databases() throws Exception {
            new KeySource.InFile(elsewhere.resolve("kek.json")).write(KeyEncryption.made());
            refused(new KeySettings(null, elsewhere), "All nodes of a database share one");
            Files.writeString(elsewhere.resolve("kek.json"), TestDatabase.KEK.replace("GiAAAQ", "GiABAQ"));
            refused(new KeySettings(null, elsewhere), "All nodes of a database share one");
            Files.writeString(elsewhere.resolve("kek.json"), "{}");
            refused(new KeySettings(null, elsewhere), "cannot be read");
        }

        @Test
        void may_be_in_the_environment() {
            var encoded = Base64.getEncoder().encodeToString(TestDatabase.KEK.getBytes(StandardCharsets.UTF_8));
            var there = new KeySource.InEnvironment("KEK", name -> name.equals("KEK") ? encoded : null);
            assertThat(there.read().orElseThrow().primary()).isOne();
            assertThat(there.isWritable()).isFalse();
            assertThat(new KeySource.InEnvironment("OTHER", name -> null).read())
                    .isEmpty();
            assertThatExceptionOfType(KeysUnusableException.class)
                    .isThrownBy(() -> new KeySource.InEnvironment("KEK", name -> "???").read())
                    .withMessageContaining("KEK");
        }

        @Test
        void may_be_encrypted_by_a_service_that_is_asked_at_start_only() throws Exception {
            neverStarted();
            var service = new OtherService();
            KmsClients.add(service);
            var settings = new KeySettings(OtherService.URI, elsewhere);
            var persons = Stream.generate(UUID::randomUUID).limit(50).toList();
            try (var keys = node(settings)) {
                var asked = service.asked();
                var sealed =
                        persons.stream().map(person -> sealed(keys, person)).toList();
                try (var other = node(settings)) {
                    for (var i = 0; i < 50; i++) opens(other, persons.get(i), sealed.get(i));
                    assertThat(other.rotate(count -> {}).keys()).isEqualTo(50);
                    opens(other, persons.getFirst(), sealed.getFirst());
                }
                assertThat(service.asked() - asked).isLessThan(10);
            }
            assertThat(one("select string_agg(sealed, '') from log.key_set")).contains("encryptedKeyset");
            assertThat(elsewhere).isEmptyDirectory();
        }

        @Test
        void of_a_service_that_nothing_speaks_to_names_what_is_missing() {
            refused(
                    new KeySettings("aws-kms://arn:aws:kms:eu-central-1:1:key/1", elsewhere),
                    "chronodesk.keys.kek",
                    "tink-awskms");
        }

        @Test
        void is_named_in_a_form_that_exists() {
            for (var wrong : List.of("file:", "env:", "kek.json", "://x"))
                refused(new KeySettings(wrong, elsewhere), "file:PATH, env:NAME");
        }
    }

    @Nested
    class Another_wrapping {

        @Test
        void is_put_around_every_key_while_nodes_run() throws Exception {
            var persons = Stream.generate(UUID::randomUUID).limit(1_200).toList();
            try (var other = node();
                    var fresh = node()) {
                var sealed =
                        persons.stream().map(person -> sealed(other, person)).toList();
                database.keys().destroy(persons.getLast());
                var done = database.keys().rotate(count -> {});
                assertThat(done.keys()).isEqualTo(1_199);
                assertThat(done.resumed()).isFalse();
                assertThat(database.keys().status().wrappings()).containsOnlyKeys(done.primary());
                assertThat(other.status().primary()).isEqualTo(done.primary());
                for (var i = 0; i < 1_199; i++) opens(fresh, persons.get(i), sealed.get(i));
                sealed(other, UUID.randomUUID());
                assertThat(other.status().wrappings()).isEqualTo(Map.of(done.primary(), 1_200L));
            }
            node().close();
        }

        @Test
        void is_finished_when_it_was_interrupted() throws Exception {
            var person = UUID.randomUUID();
            var sealed = sealed(database.keys(), person);
            var source = new KeySource.InFile(kek());
            source.write(source.read().orElseThrow().renewed());
            assertThat(database.keys().rotate(count -> {}).resumed()).isTrue();
            assertThat(database.keys().rotate(count -> {}).resumed()).isFalse();
            try (var fresh = node()) {
                opens(fresh, person, sealed);
            }
        }

        @Test
        void may_be_kept_elsewhere_from_then_on() throws Exception {
            var person = UUID.randomUUID();
            var sealed = sealed(database.keys(), person);
            var file = elsewhere.resolve("another/kek.json");
            var done = database.keys().rotate("file:" + file, count -> {});
            opens(database.keys(), person, sealed(database.keys(), person));
            Files.delete(kek());
            refused(database.keySettings(), "is not there");
            try (var moved = node(new KeySettings("file:" + file, elsewhere))) {
                opens(moved, person, sealed);
                assertThat(moved.status().primary()).isEqualTo(done.primary());
            }
        }
    }

    @Test
    void what_was_used_lately_stays_in_a_bounded_memory() {
        var recent = new RecentKeys(100);
        var used = UUID.randomUUID();
        recent.put(used, new PersonKey(used, new byte[1]));
        var others = Stream.generate(UUID::randomUUID).limit(1_000).toList();
        for (var other : others) {
            recent.put(other, new PersonKey(other, new byte[1]));
            assertThat(recent.get(used)).isNotNull();
        }
        assertThat(others.stream().filter(other -> recent.get(other) != null).count())
                .isLessThanOrEqualTo(100);
    }

    @Test
    void no_table_of_the_log_holds_a_text_in_the_clear() throws Exception {
        var text = "My salary is wrong";
        var author = UUID.randomUUID();
        var event = new CommentAdded(
                new TicketId(UUID.randomUUID()),
                new CommentId(UUID.randomUUID()),
                new ProfileId(author),
                Personal.of(text),
                Visibility.PUBLIC);
        var metadata = new Metadata(author, Role.CUSTOMER, author, false, "AddComment", "k", null);
        database.log().append(new Append(List.of(new NewEvent(0, UUID.randomUUID(), null, event, metadata)), null));
        var hex = HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
        try (var connection = database.superuser();
                var statement = connection.createStatement()) {
            var tables = new ArrayList<String>();
            try (var rows = statement.executeQuery("select tablename from pg_tables where schemaname = 'log'")) {
                while (rows.next()) tables.add(rows.getString(1));
            }
            assertThat(tables).contains("event", "receipt", "person_key", "key_set");
            for (var table : tables)
                assertThat(one("select count(*) from log." + table + " t where t::text like '%" + hex
                                + "%' or t::text like '%" + text + "%'"))
                        .as(table)
                        .isEqualTo("0");
        }
    }
}
