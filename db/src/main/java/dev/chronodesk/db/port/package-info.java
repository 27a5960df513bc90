/** What one side needs of the other, so that neither sees it; joined in app. */
@NullMarked
package dev.chronodesk.db.port;

import org.jspecify.annotations.NullMarked;
