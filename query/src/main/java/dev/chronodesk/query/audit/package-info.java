/** History for auditors: the log itself, what happened to a ticket, and what a ticket was at any moment. */
@NullMarked
package dev.chronodesk.query.audit;

import org.jspecify.annotations.NullMarked;
