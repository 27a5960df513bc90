package dev.chronodesk.identity.link;

import dev.chronodesk.db.Secrets;
import dev.chronodesk.events.Uuids;
import dev.chronodesk.identity.account.EmailAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * What a mail carries: a link with 256 random bits and, for typing, six digits. Both belong to one token, which is used
 * once, whichever comes first. Only hashes are stored; those of the digits are keyed, because there are few.
 */
public final class OneTimeTokens {

    /** So many wrong digits end the digits of a token; its link lives on, because nobody guesses that. */
    public static final int GUESSES = 10;

    /** A link's token begins with this when a client waits that will exchange a code for the session. */
    public static final String EXCHANGED = "pkce_";

    private static final String MAC = "HmacSHA256";

    private final JdbcClient jdbc;
    private final byte[] key;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    public OneTimeTokens(DataSource identity, Secrets secrets, Clock clock) {
        jdbc = JdbcClient.create(identity);
        key = secrets.secret("identity-one-time-code");
        this.clock = clock;
    }

    /**
     * A token as its mail shows it.
     *
     * @param link 43 characters, or 48 with {@link #EXCHANGED}
     * @param code six digits
     */
    public record Issued(String link, String code) {
        @Override
        public String toString() {
            return "Issued[…]";
        }
    }

    /**
     * A token that was used now and is no more.
     *
     * @param email where it had been sent
     * @param flowState the exchange it belongs to
     */
    public record Used(UUID account, LinkKind kind, EmailAddress email, @Nullable UUID flowState) {}

    /** A new token of that kind; an earlier one of the same kind counts no more. */
    public Issued issue(UUID account, LinkKind kind, EmailAddress email, @Nullable UUID flowState) {
        var bytes = new byte[32];
        random.nextBytes(bytes);
        var link = (flowState == null ? "" : EXCHANGED)
                + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        var code = String.format(Locale.ROOT, "%06d", random.nextInt(1_000_000));
        jdbc.sql(
                        """
                        insert into identity.one_time_token
                          (id, account_id, kind, email, link_hash, code_hash, flow_state, expires_at)
                        values (?, ?, ?, ?, ?, ?, ?, now() + ? * interval '1 second')
                        on conflict (account_id, kind) do update
                        set id = excluded.id, email = excluded.email, link_hash = excluded.link_hash,
                            code_hash = excluded.code_hash, wrong = 0, flow_state = excluded.flow_state,
                            created_at = now(), expires_at = excluded.expires_at""")
                .param(Uuids.v7(clock.instant(), random))
                .param(account)
                .param(kind.toString())
                .param(email.value())
                .param(hash(link))
                .param(hash(kind, email, code))
                .param(flowState)
                .param(kind.lifetime().toSeconds())
                .update();
        return new Issued(link, code);
    }

    /** Uses the token of that link; empty when there is none, or it was used, has expired or is of another kind. */
    public Optional<Used> use(String link, Set<LinkKind> kinds) {
        return jdbc.sql(
                        """
                        delete from identity.one_time_token
                        where link_hash = ? and kind = any(?) and expires_at > now()
                        returning account_id, kind, email, flow_state""")
                .param(hash(link))
                .param(names(kinds))
                .query(OneTimeTokens::used)
                .optional();
    }

    /** Uses the token whose digits those are; a wrong guess counts against every token that it could have meant. */
    public Optional<Used> use(EmailAddress email, String code, Set<LinkKind> kinds) {
        record Open(UUID id, LinkKind kind) {}
        // counted before it is compared, so that guesses at the same time are counted too
        var open = jdbc.sql(
                        """
                        update identity.one_time_token set wrong = wrong + 1
                        where email = ? and kind = any(?) and wrong < ? and expires_at > now()
                        returning id, kind""")
                .param(email.value())
                .param(names(kinds))
                .param(GUESSES)
                .query((row, number) -> new Open(row.getObject("id", UUID.class), LinkKind.of(row.getString("kind"))))
                .list();
        for (var each : open) {
            var used = jdbc.sql(
                            """
                            delete from identity.one_time_token where id = ? and code_hash = ?
                            returning account_id, kind, email, flow_state""")
                    .param(each.id())
                    .param(hash(each.kind(), email, code))
                    .query(OneTimeTokens::used)
                    .optional();
            if (used.isPresent()) return used;
        }
        return Optional.empty();
    }

    /** Ends all tokens of that person and these kinds. */
    public void end(UUID account, Set<LinkKind> kinds) {
        jdbc.sql("delete from identity.one_time_token where account_id = ? and kind = any(?)")
                .param(account)
                .param(names(kinds))
                .update();
    }

    /** Forgets what expired a day ago, at most so many at once; how many it were. */
    int purge(int atMost) {
        return jdbc.sql(
                        """
                        delete from identity.one_time_token where id in
                          (select id from identity.one_time_token
                           where expires_at < now() - interval '1 day' limit ?)""")
                .param(atMost)
                .update();
    }

    private static String[] names(Set<LinkKind> kinds) {
        return kinds.stream().map(LinkKind::toString).toArray(String[]::new);
    }

    private static Used used(ResultSet row, int number) throws SQLException {
        return new Used(
                row.getObject("account_id", UUID.class),
                LinkKind.of(row.getString("kind")),
                new EmailAddress(row.getString("email")),
                row.getObject("flow_state", UUID.class));
    }

    private static byte[] hash(String link) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(link.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private byte[] hash(LinkKind kind, EmailAddress email, String code) {
        try {
            var mac = Mac.getInstance(MAC);
            mac.init(new SecretKeySpec(key, MAC));
            return mac.doFinal((kind + " " + email.value() + " " + code).getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + MAC, e);
        }
    }
}
