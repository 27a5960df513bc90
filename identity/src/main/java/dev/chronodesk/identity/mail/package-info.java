/** Mail: the outbox, its templates, and the ways out of the house. */
@NullMarked
package dev.chronodesk.identity.mail;

import org.jspecify.annotations.NullMarked;
