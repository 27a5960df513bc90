package dev.chronodesk.identity.session;

import dev.chronodesk.db.caller.Caller;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.AbstractAuthenticationToken;
import org.springframework.security.core.authority.AuthorityUtils;

/**
 * The caller in Spring Security's context. Authorities are none: what a caller may do is decided by role, elsewhere.
 */
public final class CallerAuthentication extends AbstractAuthenticationToken {

    private static final long serialVersionUID = 1L;

    private final transient Caller caller;
    private final @Nullable UUID session;

    /** @param session the sign-in whose token it was; null for keys and for nobody */
    public CallerAuthentication(Caller caller, @Nullable UUID session) {
        super(AuthorityUtils.NO_AUTHORITIES);
        this.caller = caller;
        this.session = session;
        setAuthenticated(true);
    }

    public Caller caller() {
        return caller;
    }

    public @Nullable UUID session() {
        return session;
    }

    @Override
    public Object getCredentials() {
        return "";
    }

    @Override
    public Object getPrincipal() {
        return caller;
    }

    @Override
    public String getName() {
        return switch (caller) {
            case Caller.Anonymous _ -> "anonymous";
            case Caller.Known known -> known.id().toString();
        };
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof CallerAuthentication that
                && caller.equals(that.caller)
                && java.util.Objects.equals(session, that.session);
    }

    @Override
    public int hashCode() {
        return java.util.Objects.hash(caller, session);
    }
}
