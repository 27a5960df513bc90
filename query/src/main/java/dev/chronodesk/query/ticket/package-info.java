/** Tickets, their comments and their history as lists, searches and auditors read them. */
@NullMarked
package dev.chronodesk.query.ticket;

import org.jspecify.annotations.NullMarked;
