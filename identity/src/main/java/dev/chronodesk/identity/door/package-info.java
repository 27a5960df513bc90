/** The door of every request: whose token or key it is, and the refusal in the shape that the path speaks. */
@NullMarked
package dev.chronodesk.identity.door;

import org.jspecify.annotations.NullMarked;
