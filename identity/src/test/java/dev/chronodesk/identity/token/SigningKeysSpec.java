package dev.chronodesk.identity.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.jwk.JWK;
import dev.chronodesk.db.Secrets;
import dev.chronodesk.db.TestDatabase;
import dev.chronodesk.events.profile.Role;
import dev.chronodesk.identity.Moment;
import dev.chronodesk.identity.Registered;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Keys change while tokens of the one before are about. */
class SigningKeysSpec {

    private final Moment now = new Moment();
    private TestDatabase database;
    private SigningKeys keys;
    private AccessTokens tokens;

    @BeforeEach
    void open() {
        database = TestDatabase.create();
        keys = keys();
        tokens = tokens(keys);
    }

    @AfterEach
    void close() {
        database.close();
    }

    private SigningKeys keys() {
        return new SigningKeys(
                database.database().identity(), new Secrets(database.database().write()), now);
    }

    private AccessTokens tokens(SigningKeys keys) {
        return new AccessTokens(keys, "http://localhost:8080/auth/v1", Duration.ofHours(24), now);
    }

    private String issued() {
        return tokens.issue(new TokenSubject(
                        Registered.id(),
                        Registered.id(),
                        "aal1",
                        List.of(),
                        Role.CUSTOMER,
                        "ada@example.org",
                        false,
                        List.of("email"),
                        Map.of(),
                        Map.of()))
                .token();
    }

    private static List<String> ids(SigningKeys keys) {
        return keys.all().stream().map(JWK::getKeyID).toList();
    }

    @Test
    void a_new_key_is_published_before_it_signs_and_the_old_one_is_accepted_until_its_tokens_have_expired()
            throws BadTokenException {
        var old = keys.current().getKeyID();
        now.passes(Duration.ofSeconds(1));
        var made = keys.rotate(false);
        assertThat(ids(keys)).containsExactly(made, old);
        assertThat(keys.published().toString()).contains(made, old);
        assertThat(keys.current().getKeyID()).isEqualTo(old);
        now.passes(SigningKeys.PUBLISHED_BEFORE.minusSeconds(1));
        var last = issued();
        assertThat(keys.current().getKeyID()).isEqualTo(old);
        now.passes(Duration.ofSeconds(1));
        assertThat(keys.current().getKeyID()).isEqualTo(made);
        tokens.verify(issued());
        now.passes(Duration.ofHours(24).minusSeconds(2));
        tokens.verify(last);
        now.passes(Duration.ofHours(1).plusSeconds(3));
        assertThat(ids(keys)).containsExactly(made);
        assertThatThrownBy(() -> tokens.verify(last)).isInstanceOf(BadTokenException.class);
    }

    @Test
    void other_nodes_know_soon_what_one_did() throws BadTokenException {
        var other = keys();
        var made = keys.rotate(false);
        assertThat(ids(other)).doesNotContain(made);
        now.passes(SigningKeys.LOOK);
        assertThat(ids(other)).contains(made);
        now.passes(SigningKeys.PUBLISHED_BEFORE);
        tokens(other).verify(issued());
    }

    @Test
    void a_key_that_has_leaked_is_refused_at_once_also_by_who_remembers_its_signatures() throws BadTokenException {
        var other = keys();
        var others = tokens(other);
        var stolen = issued();
        tokens.verify(stolen);
        others.verify(stolen);
        var made = keys.rotate(true);
        assertThat(ids(keys)).containsExactly(made);
        assertThat(keys.current().getKeyID()).isEqualTo(made);
        assertThatThrownBy(() -> tokens.verify(stolen)).isInstanceOf(BadTokenException.class);
        now.passes(SigningKeys.LOOK);
        assertThatThrownBy(() -> others.verify(stolen)).isInstanceOf(BadTokenException.class);
    }

    @Test
    void nodes_that_start_at_once_have_one_key() {
        assertThat(ids(keys())).isEqualTo(ids(keys));
    }
}
