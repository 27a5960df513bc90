/** How the service is: health and metrics, for those who run it. */
@NullMarked
package dev.chronodesk.app.operations;

import org.jspecify.annotations.NullMarked;
