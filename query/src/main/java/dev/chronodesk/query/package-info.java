/** The read side: folds the log into read tables and answers from them. */
@NullMarked
package dev.chronodesk.query;

import org.jspecify.annotations.NullMarked;
