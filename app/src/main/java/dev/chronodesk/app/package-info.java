/** The desk put together: the main class, the command line, settings, errors, health. No rule of the business. */
@NullMarked
package dev.chronodesk.app;

import org.jspecify.annotations.NullMarked;
