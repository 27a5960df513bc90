package dev.chronodesk.identity.door;

import dev.chronodesk.identity.account.Account;
import dev.chronodesk.identity.account.AccountRejection;
import dev.chronodesk.identity.account.Accounts;
import dev.chronodesk.identity.flow.ProviderAccounts;
import dev.chronodesk.identity.flow.ProviderAccounts.Followed;
import dev.chronodesk.identity.provider.TrustedIssuers;
import dev.chronodesk.identity.provider.TrustedIssuers.Named;
import dev.chronodesk.identity.session.Device;
import dev.chronodesk.identity.token.AccessTokens;
import dev.chronodesk.identity.token.BadTokenException;
import dev.chronodesk.identity.token.Verified;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Whose the tokens of trusted issuers are. Whoever comes for the first time gets an account and a profile. What a token
 * says is remembered for some minutes; how its person stands is asked at each request, as for anybody.
 */
public final class TrustedCallers {

    /** An issuer that takes a key back is obeyed after so long. */
    private static final Duration REMEMBERED = Duration.ofMinutes(5);

    private final TrustedIssuers issuers;
    private final ProviderAccounts people;
    private final Accounts accounts;
    private final boolean create;
    private final Clock clock;
    private final Verified<Known> verified = new Verified<>(10_000);

    private record Known(UUID person, Instant until, Instant expiresAt) {}

    /** @param create whether strangers get an account */
    public TrustedCallers(
            TrustedIssuers issuers, ProviderAccounts people, Accounts accounts, boolean create, Clock clock) {
        this.issuers = issuers;
        this.people = people;
        this.accounts = accounts;
        this.create = create;
        this.clock = clock;
    }

    /** Whose a token is that was verified a moment ago; null for any other. */
    @Nullable
    UUID remembered(String token) throws BadTokenException {
        if (issuers.none()) return null;
        var known = verified.get(token);
        if (known == null) return null;
        var now = clock.instant();
        if (now.isAfter(known.expiresAt().plus(AccessTokens.SKEW))) throw new BadTokenException(true);
        return now.isBefore(known.until()) ? known.person() : null;
    }

    /**
     * Whose the token is; empty when it is of none of these issuers.
     *
     * @throws BadTokenException when it says that it is and nothing may be believed
     * @throws UnadmittedException when its person has no account and gets none
     */
    Optional<UUID> person(String token, Device device) throws BadTokenException, UnadmittedException {
        if (issuers.none()) return Optional.empty();
        var named = issuers.verify(token);
        if (named.isEmpty()) return Optional.empty();
        var person = account(named.get(), device).id();
        verified.put(
                token,
                new Known(person, clock.instant().plus(REMEMBERED), named.get().expiresAt()));
        return Optional.of(person);
    }

    private Account account(Named named, Device device) throws UnadmittedException {
        if (accounts.erasedSince(named.person(), named.issuedAt())) throw new UnadmittedException(Unadmitted.BARRED);
        try {
            var rules = new ProviderAccounts.Rules(named.linksByEmail(), create, true);
            return switch (people.signIn(named.person(), rules, device)) {
                case Followed.Person person -> person.account();
                case Followed.NotVerified _, Followed.AddressHeld _, Followed.IdentityHeld _, Followed.Closed _ ->
                    throw new UnadmittedException(Unadmitted.NO_USER);
            };
        } catch (AccountRejection.Rejected e) {
            throw new UnadmittedException(Unadmitted.NO_USER);
        }
    }
}
