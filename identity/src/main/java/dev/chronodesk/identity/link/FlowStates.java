package dev.chronodesk.identity.link;

import dev.chronodesk.events.Uuids;
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
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The exchange of RFC 7636: a client shows a challenge, somebody follows the link of the mail and is given a code, and
 * the client exchanges code and verifier for the session. A code is used once, also by a wrong verifier.
 */
public final class FlowStates {

    /** From the request to the link: as long as the longest link lives. */
    private static final Duration WAITING = Duration.ofDays(7);

    /** From the link to the exchange. */
    private static final Duration EXCHANGE = Duration.ofMinutes(5);

    private final JdbcClient jdbc;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    public FlowStates(DataSource identity, Clock clock) {
        jdbc = JdbcClient.create(identity);
        this.clock = clock;
    }

    /** What became of a code and a verifier. */
    public sealed interface Exchanged {

        /** That person is let in, in the way in which they showed who they are. */
        record Proved(UUID account, String how) implements Exchanged {}

        /** There is no such code, or it was used. */
        record Unknown() implements Exchanged {}

        /** It came too late. */
        record Expired() implements Exchanged {}

        /** It is not the verifier of the challenge. */
        record WrongVerifier() implements Exchanged {}
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
     */
    public Optional<String> code(UUID exchange, UUID account, String how) {
        var bytes = new byte[32];
        random.nextBytes(bytes);
        var code = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        var there = jdbc.sql(
                                """
                                update identity.flow_state
                                set code_hash = ?, account_id = ?, how = ?, expires_at = now() + ? * interval '1 second'
                                where id = ? and code_hash is null and expires_at > now()""")
                        .param(hash(code))
                        .param(account)
                        .param(how)
                        .param(EXCHANGE.toSeconds())
                        .param(exchange)
                        .update()
                == 1;
        return there ? Optional.of(code) : Optional.empty();
    }

    /** Uses the code. */
    public Exchanged exchange(String code, String verifier) {
        record Found(Challenge challenge, UUID account, String how, boolean expired) {}
        var found = jdbc.sql(
                        """
                        delete from identity.flow_state where code_hash = ?
                        returning challenge, method, account_id, how, expires_at <= now() as expired""")
                .param(hash(code))
                .query((row, number) -> new Found(
                        new Challenge(row.getString("challenge"), row.getString("method")),
                        Objects.requireNonNull(row.getObject("account_id", UUID.class)),
                        Objects.requireNonNull(row.getString("how")),
                        row.getBoolean("expired")))
                .optional();
        if (found.isEmpty()) return new Exchanged.Unknown();
        if (found.get().expired()) return new Exchanged.Expired();
        if (!found.get().challenge().isOf(verifier)) return new Exchanged.WrongVerifier();
        return new Exchanged.Proved(found.get().account(), found.get().how());
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
