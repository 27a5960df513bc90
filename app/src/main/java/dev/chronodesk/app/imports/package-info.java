/** Tickets with a history of their own, brought in as the commands that would have made it. */
@NullMarked
package dev.chronodesk.app.imports;

import org.jspecify.annotations.NullMarked;
