/** The read side as specified. */
@NullMarked
package dev.chronodesk.query.rest;

import org.jspecify.annotations.NullMarked;
