/** Sign-ins: sessions with their refresh tokens, each token used once. */
@NullMarked
package dev.chronodesk.identity.session;

import org.jspecify.annotations.NullMarked;
