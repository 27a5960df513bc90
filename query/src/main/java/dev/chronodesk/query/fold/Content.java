package dev.chronodesk.query.fold;

/**
 * What is in a table, to be compared.
 *
 * @param sha256 over the texts of its rows in the order of their keys
 */
public record Content(long rows, String sha256) {}
