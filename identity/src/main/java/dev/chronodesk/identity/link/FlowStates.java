package dev.chronodesk.identity.link;

import dev.chronodesk.db.Secrets;
import dev.chronodesk.events.Uuids;
import dev.chronodesk.identity.Seal;
import dev.chronodesk.identity.account.ProviderPerson;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.json.JsonMapper;

/**
 * The exchange of RFC 7636: a client shows a challenge, somebody follows the link of the mail and is given a code, and
 * the client exchanges code and verifier for the session. A code is used once, also by a wrong verifier.
 */
public final class FlowStates {

    /** From the request to the link: as long as the longest link lives. */
    private static final Duration WAITING = Duration.ofDays(7);

    /** From the link to the exchange. */
    private static final Duration EXCHANGE = Duration.ofMinutes(5);

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final JdbcClient jdbc;
    private final Seal seal;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    public FlowStates(DataSource identity, Secrets secrets, Clock clock) {
        jdbc = JdbcClient.create(identity);
        seal = new Seal("exchange", secrets.secret("identity-exchange"));
        this.clock = clock;
    }

    /** What became of a code and a verifier. */
    public sealed interface Exchanged {

        /**
         * That person is let in, in the way in which they showed who they are.
         *
         * @param carried what a provider gave for whoever knows the verifier, or null
         */
        record Proved(UUID account, String how, @Nullable Carried carried) implements Exchanged {}

        /** There is no such code, or it was used. */
        record Unknown() implements Exchanged {}

        /** It came too late. */
        record Expired() implements Exchanged {}

        /** It is not the verifier of the challenge. */
        record WrongVerifier() implements Exchanged {}
    }

    /**
     * What waits, sealed, together with a code.
     *
     * @param accessToken of the provider
     * @param refreshToken of the provider, or null
     * @param link who is added to the account of the session when the code is exchanged, or null
     */
    public record Carried(
            String accessToken, @Nullable String refreshToken, @Nullable ProviderPerson link, @Nullable UUID session) {
        @Override
        public String toString() {
            return "Carried[…]";
        }
    }

    /** A new exchange that waits for its link. */
    public UUID begin(Challenge challenge) {
        var id = Uuids.v7(clock.instant(), random);
        jdbc.sql(
                        """
                        insert into identity.flow_state (id, challenge, method, expires_at)
                        values (?, ?, ?, now() + ? * interval '1 second')""")
                .param(id)
                .param(challenge.value())
                .param(challenge.method())
                .param(WAITING.toSeconds())
                .update();
        return id;
    }

    /**
     * The code of that exchange, for the person who followed the link; empty when the exchange is over.
     *
     * @param how what the session will name as the proof
     * @param carried what goes to whoever knows the verifier besides, or null
     */
    public Optional<String> code(UUID exchange, UUID account, String how, @Nullable Carried carried) {
        var bytes = new byte[32];
        random.nextBytes(bytes);
        var code = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        var there = jdbc.sql(
                                """
                                update identity.flow_state
                                set code_hash = ?, account_id = ?, how = ?, provider_tokens = ?,
                                    expires_at = now() + ? * interval '1 second'
                                where id = ? and code_hash is null and expires_at > now()""")
                        .param(hash(code))
                        .param(account)
                        .param(how)
                        .param(
                                carried == null
                                        ? null
                                        : seal.close(exchange.toString(), JSON.writeValueAsBytes(carried)))
                        .param(EXCHANGE.toSeconds())
                        .param(exchange)
                        .update()
                == 1;
        return there ? Optional.of(code) : Optional.empty();
    }

    /** Uses the code. */
    public Exchanged exchange(String code, String verifier) {
        record Found(Challenge challenge, UUID account, String how, @Nullable Carried carried, boolean expired) {}
        var found = jdbc.sql(
                        """
                        delete from identity.flow_state where code_hash = ?
                        returning id, challenge, method, account_id, how, provider_tokens,
                                  expires_at <= now() as expired""")
                .param(hash(code))
                .query((row, number) -> new Found(
                        new Challenge(row.getString("challenge"), row.getString("method")),
                        Objects.requireNonNull(row.getObject("account_id", UUID.class)),
                        Objects.requireNonNull(row.getString("how")),
                        carried(row.getString("id"), row.getBytes("provider_tokens")),
                        row.getBoolean("expired")))
                .optional();
        if (found.isEmpty()) return new Exchanged.Unknown();
        if (found.get().expired()) return new Exchanged.Expired();
        if (!found.get().challenge().isOf(verifier)) return new Exchanged.WrongVerifier();
        return new Exchanged.Proved(
                found.get().account(), found.get().how(), found.get().carried());
    }

    private @Nullable Carried carried(@Nullable String id, byte @Nullable [] sealed) {
        if (id == null || sealed == null) return null;
        return JSON.readValue(seal.open(id, sealed), Carried.class);
    }

    /** Forgets what expired a day ago, at most so many at once; how many it were. */
    int purge(int atMost) {
        return jdbc.sql(
                        """
                        delete from identity.flow_state where id in
                          (select id from identity.flow_state where expires_at < now() - interval '1 day' limit ?)""")
                .param(atMost)
                .update();
    }

    private static byte[] hash(String code) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(code.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
