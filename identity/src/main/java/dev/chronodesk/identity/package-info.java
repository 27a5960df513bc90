/** Who is calling: accounts, credentials, sessions and tokens, assembled for the service. */
@NullMarked
package dev.chronodesk.identity;

import org.jspecify.annotations.NullMarked;
