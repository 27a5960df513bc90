package dev.chronodesk.identity.account;

import dev.chronodesk.identity.Secret;
import dev.chronodesk.identity.account.AccountRejection.Rejected;
import dev.chronodesk.identity.account.AccountRejection.WeakPassword;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.security.crypto.argon2.Argon2PasswordEncoder;

/**
 * Argon2id with the parameters that OWASP names first for it: 19 MiB, 2 passes, 1 lane. Each hash costs 19 MiB and some
 * 30 ms of a processor, so only a few run at once and the rest wait, but not for long.
 */
public final class Passwords {

    /** The fewest Unicode code points of a password. */
    public static final int MIN = 8;

    /** The most, so that nobody can send work by length. */
    public static final int MAX = 128;

    private static final int SALT = 16;
    private static final int HASH = 32;
    private static final int LANES = 1;
    private static final int KIBIBYTES = 19_456;
    private static final int PASSES = 2;

    private final Argon2PasswordEncoder argon = new Argon2PasswordEncoder(SALT, HASH, LANES, KIBIBYTES, PASSES);
    private final PasswordList list;
    private final Semaphore turns;
    private final Duration patience;
    private final Secret nobodys;

    /**
     * @param list passwords that nobody may choose
     * @param concurrency how many at once; 0 for one a processor
     * @param patience how long one waits for its turn
     */
    public Passwords(PasswordList list, int concurrency, Duration patience) {
        this.list = list;
        turns = new Semaphore(
                concurrency > 0 ? concurrency : Runtime.getRuntime().availableProcessors(), true);
        this.patience = patience;
        nobodys = hash("nobody has this password");
    }

    /** Whether the length is allowed. */
    public static boolean acceptable(String password) {
        var length = password.codePointCount(0, password.length());
        return length >= MIN && length <= MAX;
    }

    /** Why nobody may choose a password: words of the contract that the clients show. */
    public enum Weakness {
        /** Too short or too long. */
        LENGTH,
        /** Known from break-ins, or among the first that everybody tries, or made of the person's own address. */
        PWNED;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Why that person may not choose that password; empty when they may. */
    public Optional<Weakness> weakness(String password, @Nullable EmailAddress email) {
        if (!acceptable(password)) return Optional.of(Weakness.LENGTH);
        var folded = password.toLowerCase(Locale.ROOT);
        var address = email == null ? null : email.value();
        var own = address != null
                && (folded.equals(address) || folded.equals(address.substring(0, address.indexOf('@'))));
        return own || list.contains(password) ? Optional.of(Weakness.PWNED) : Optional.empty();
    }

    /** @throws Rejected when that person may not choose that password */
    public void check(String password, @Nullable EmailAddress email) {
        weakness(password, email).ifPresent(weakness -> {
            throw new Rejected(new WeakPassword(weakness));
        });
    }

    /** Whether a hash was made with other parameters than those of today. */
    boolean outdated(Secret hash) {
        return argon.upgradeEncoding(hash.reveal());
    }

    /** @throws BusyException when its turn does not come in time */
    public Secret hash(String password) {
        return inTurn(() -> new Secret(Objects.requireNonNull(argon.encode(password))));
    }

    /**
     * Whether the password is the one of the hash. Without a hash, or with a password that nobody can have, the same
     * work is done for nothing: the answer's time does not say whether there is such an account.
     *
     * @throws BusyException when its turn does not come in time
     */
    public boolean matches(String password, @Nullable Secret hash) {
        var allowed = acceptable(password);
        var against = hash == null || !allowed ? nobodys : hash;
        var possible = hash != null && allowed;
        var given = possible ? password : "somebody's wrong password";
        return inTurn(() -> argon.matches(given, against.reveal())) && possible;
    }

    private <T> T inTurn(Supplier<T> work) {
        try {
            if (!turns.tryAcquire(patience.toNanos(), TimeUnit.NANOSECONDS)) throw new BusyException();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BusyException();
        }
        try {
            return work.get();
        } finally {
            turns.release();
        }
    }

    /** Too many passwords wait for their turn: 429, and later it will do. */
    public static final class BusyException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        BusyException() {
            super("too many passwords wait to be hashed", null, false, false);
        }
    }
}
