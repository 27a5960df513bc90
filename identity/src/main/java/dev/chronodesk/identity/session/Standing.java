package dev.chronodesk.identity.session;

import dev.chronodesk.events.profile.Role;

/**
 * How a person stands at this request, whatever their token says.
 *
 * @param barred disabled or banned now
 * @param signedIn whether the token's session is still open
 * @param unseen whether the session was last noted as seen some time ago
 */
public record Standing(Role role, boolean barred, boolean signedIn, boolean unseen) {}
