/**
 * Reads in PostgREST's grammar. A query string becomes one SQL statement over a view or function of the exposed schema,
 * run with the caller's role and claims: PostgreSQL decides what they see and makes the JSON.
 */
@NullMarked
package dev.chronodesk.query.rest;

import org.jspecify.annotations.NullMarked;
