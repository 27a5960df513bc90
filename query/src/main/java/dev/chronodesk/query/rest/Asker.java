package dev.chronodesk.query.rest;

import dev.chronodesk.db.caller.Caller;

/**
 * Who reads what.
 *
 * @param catalogue of the schema that is read
 * @param as whom PostgreSQL sees; of the past with fewer rights than now, when the caller had fewer then
 */
record Asker(Caller caller, Catalogue catalogue, SqlRoles.As as) {}
