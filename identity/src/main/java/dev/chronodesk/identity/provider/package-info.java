/** People whom OpenID Connect providers vouch for: at their sign-in pages, and by the tokens that they issue. */
@NullMarked
package dev.chronodesk.identity.provider;

import org.jspecify.annotations.NullMarked;
