/** One-time tokens, the exchange of a code for a session, and where links may lead. */
@NullMarked
package dev.chronodesk.identity.link;

import org.jspecify.annotations.NullMarked;
