/** What counts about a caller at each request: role, ban and session version, followed from the log. */
@NullMarked
package dev.chronodesk.identity.principal;

import org.jspecify.annotations.NullMarked;
