/** What a caller is told when something goes wrong outside the doors that speak a contract of their own. */
@NullMarked
package dev.chronodesk.app.errors;

import org.jspecify.annotations.NullMarked;
