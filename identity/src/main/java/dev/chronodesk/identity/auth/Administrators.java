package dev.chronodesk.identity.auth;

import dev.chronodesk.db.caller.Caller;
import dev.chronodesk.events.profile.Role;
import dev.chronodesk.identity.session.CallerAuthentication;
import java.util.EnumSet;
import java.util.Set;
import org.springframework.security.core.context.SecurityContextHolder;

/** Who may ask about the accounts of others. */
public final class Administrators {

    private static final Set<Role> ADMINISTRATORS = EnumSet.of(Role.ADMIN, Role.SERVICE);
    private static final Set<Role> READERS = EnumSet.of(Role.ADMIN, Role.SERVICE, Role.AUDITOR);

    private Administrators() {}

    /**
     * The administrator who asks; a secret key administers under its own id.
     *
     * @throws AuthRefusedException when it is somebody else
     */
    public static Caller.Known only() {
        return allowed(ADMINISTRATORS);
    }

    /** The same, or an auditor. */
    public static Caller.Known orAuditors() {
        return allowed(READERS);
    }

    private static Caller.Known allowed(Set<Role> roles) {
        if (!(SecurityContextHolder.getContext().getAuthentication() instanceof CallerAuthentication authentication)
                || !(authentication.caller() instanceof Caller.Known caller))
            throw new AuthRefusedException(AuthError.noAuthorization());
        if (!roles.contains(caller.role()))
            throw new AuthRefusedException(AuthError.of(403, "not_admin", "User not allowed"));
        return caller.role() == Role.SERVICE ? new Caller.Known(caller.id(), Role.ADMIN) : caller;
    }
}
