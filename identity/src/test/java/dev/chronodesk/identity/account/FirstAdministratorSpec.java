package dev.chronodesk.identity.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chronodesk.db.TestDatabase;
import dev.chronodesk.events.profile.Role;
import dev.chronodesk.identity.Desk;
import dev.chronodesk.identity.account.AccountRejection.Rejected;
import dev.chronodesk.identity.account.FirstAdministrator.Made;
import dev.chronodesk.identity.principal.Principals;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FirstAdministratorSpec {

    private TestDatabase database;
    private final List<Made> shown = new ArrayList<>();

    @BeforeEach
    void open() {
        database = TestDatabase.create();
    }

    @AfterEach
    void close() {
        database.close();
    }

    private Desk desk(Map<String, Object> settings) {
        return Desk.on(database, settings);
    }

    @Test
    void is_made_up_once_with_a_password_that_signs_in() {
        try (var desk = desk(Map.of())) {
            assertThat(desk.bean(FirstAdministrator.class).ensure(shown::add)).isTrue();
            assertThat(desk.bean(FirstAdministrator.class).ensure(shown::add)).isFalse();
            var made = shown.getFirst();
            var account = desk.bean(SignIn.class)
                    .signIn(made.email(), made.password().orElseThrow().reveal());
            assertThat(new Principals(database.database().identity()).role(account.id()))
                    .contains(Role.ADMIN);
            assertThat(made.toString())
                    .doesNotContain(made.password().orElseThrow().reveal());
        }
        try (var again = desk(Map.of())) {
            assertThat(again.bean(FirstAdministrator.class).ensure(shown::add)).isFalse();
        }
        assertThat(shown).hasSize(1);
    }

    @Test
    void is_the_configured_one() {
        try (var desk = desk(
                Map.of("chronodesk.admin.email", "Root@Example.org", "chronodesk.admin.password", "correct horse"))) {
            assertThat(desk.bean(FirstAdministrator.class).ensure(shown::add)).isTrue();
            assertThat(shown).singleElement().satisfies(made -> {
                assertThat(made.email()).isEqualTo("root@example.org");
                assertThat(made.password()).isEmpty();
            });
            desk.bean(SignIn.class).signIn("root@example.org", "correct horse");
        }
    }

    @Test
    void a_crash_before_the_role_was_given_is_continued_with_another_password() {
        try (var desk = desk(Map.of())) {
            var first = desk.bean(FirstAdministrator.class);
            assertThatThrownBy(() -> first.ensure(made -> {
                        shown.add(made);
                        throw new IllegalStateException("crash");
                    }))
                    .hasMessage("crash");
            assertThat(new Principals(database.database().identity()).anyAdministrator())
                    .isFalse();
            assertThat(first.ensure(shown::add)).isTrue();
            var old = shown.get(0);
            var now = shown.get(1);
            assertThat(now.email()).isEqualTo(old.email());
            desk.bean(SignIn.class)
                    .signIn(now.email(), now.password().orElseThrow().reveal());
            assertThatThrownBy(() -> desk.bean(SignIn.class)
                            .signIn(old.email(), old.password().orElseThrow().reveal()))
                    .isInstanceOf(Rejected.class);
        }
    }

    @Test
    void nobody_becomes_administrator_by_having_taken_the_configured_address() {
        try (var desk = desk(Map.of("chronodesk.admin.email", "root@example.org"))) {
            var eve = desk.bean(SignUp.class).signUp(new EmailAddress("root@example.org"), "correct horse", Map.of());
            assertThatThrownBy(() -> desk.bean(FirstAdministrator.class).ensure(shown::add))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("chronodesk.admin.email");
            assertThat(shown).isEmpty();
            assertThat(new Principals(database.database().identity()).role(eve.id()))
                    .contains(Role.CUSTOMER);
        }
    }

    @Test
    void two_nodes_make_one() throws Exception {
        try (var one = desk(Map.of());
                var two = desk(Map.of());
                var pool = Executors.newFixedThreadPool(2)) {
            Callable<Boolean> first = () -> one.bean(FirstAdministrator.class).ensure(made -> {});
            Callable<Boolean> second = () -> two.bean(FirstAdministrator.class).ensure(made -> {});
            var made = 0;
            for (var node : pool.invokeAll(List.of(first, second))) if (node.get()) made++;
            assertThat(made).isEqualTo(1);
        }
    }
}
