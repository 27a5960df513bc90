/** Who asks, as the door has verified it: what command and query both need to know. */
@NullMarked
package dev.chronodesk.db.caller;

import org.jspecify.annotations.NullMarked;
