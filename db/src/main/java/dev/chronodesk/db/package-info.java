/** Everything PostgreSQL: where it runs, its schemas and logins, and the secrets kept in it. */
@NullMarked
package dev.chronodesk.db;

import org.jspecify.annotations.NullMarked;
