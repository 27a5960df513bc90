/** How often somebody may try: limits at every door where credentials are shown, shared by all nodes. */
@NullMarked
package dev.chronodesk.identity.limit;

import org.jspecify.annotations.NullMarked;
