/** What the import promises. */
package dev.chronodesk.app.imports;
