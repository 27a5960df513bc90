/** Behind the door: rights, keys and receipts, retries after conflicts, and what happens before an answer. */
@NullMarked
package dev.chronodesk.command.gateway;

import org.jspecify.annotations.NullMarked;
