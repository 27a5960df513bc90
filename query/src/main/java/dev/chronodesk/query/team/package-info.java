/** Teams and who belongs to them. */
@NullMarked
package dev.chronodesk.query.team;

import org.jspecify.annotations.NullMarked;
