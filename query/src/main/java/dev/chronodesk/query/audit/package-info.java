/**
 * History for auditors: the log itself, what happened to a ticket, and what a ticket was at any moment, read tables as
 * of a position.
 */
@NullMarked
package dev.chronodesk.query.audit;

import org.jspecify.annotations.NullMarked;
