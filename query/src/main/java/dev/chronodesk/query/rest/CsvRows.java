package dev.chronodesk.query.rest;

import dev.chronodesk.query.fold.ArrayText;
import dev.chronodesk.query.rest.Catalogue.Relation;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.DuplicateHeaderMode;
import org.apache.commons.csv.QuoteMode;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** Rows that are sent as CSV, in the form in which they are answered: the first line has the names of the columns. */
final class CsvRows {

    private static final CSVFormat FORMAT = CSVFormat.RFC4180
            .builder()
            .setHeader()
            .setSkipHeaderRecord(true)
            .setDuplicateHeaderMode(DuplicateHeaderMode.DISALLOW)
            .setIgnoreEmptyLines(true)
            // a cell of nothing is null, one of two quotes is the empty text
            .setQuoteMode(QuoteMode.ALL_NON_NULL)
            .setNullString("")
            .get();

    private CsvRows() {}

    /**
     * The rows as JSON objects; {@code NULL} is null, and an array has PostgreSQL's text form.
     *
     * @throws RestException when it is no CSV, naming the line
     */
    static ArrayNode of(String text, Relation relation) {
        var rows = JsonNodeFactory.instance.arrayNode();
        try (var parser = CSVParser.parse(text, FORMAT)) {
            for (var line : parser) {
                if (!line.isConsistent())
                    throw RestController.unreadable(
                            "Row " + line.getRecordNumber() + " has " + line.size() + " cells, and the first line has "
                                    + parser.getHeaderNames().size() + ".");
                var row = rows.addObject();
                for (var column : parser.getHeaderNames())
                    row.set(
                            column,
                            value(line.get(column), String.valueOf(relation.type(column)), line.getRecordNumber()));
            }
        } catch (IOException | UncheckedIOException | IllegalArgumentException e) {
            throw RestController.unreadable("The body must be CSV with a line of column names: " + e.getMessage());
        }
        return rows;
    }

    private static JsonNode value(String cell, String type, long row) {
        var nodes = JsonNodeFactory.instance;
        if (cell == null || cell.equals("NULL")) return nodes.nullNode();
        if (type.equals("boolean") && (cell.equals("true") || cell.equals("false")))
            return nodes.booleanNode(cell.equals("true"));
        if (!type.endsWith("[]")) return nodes.stringNode(cell);
        var array = nodes.arrayNode();
        try {
            ArrayText.elements(cell).forEach(array::add);
        } catch (IllegalArgumentException e) {
            throw RestController.unreadable("Row " + row + " has an array that is none: " + e.getMessage());
        }
        return array;
    }
}
