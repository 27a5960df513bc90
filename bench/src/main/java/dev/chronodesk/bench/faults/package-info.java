/**
 * What breaks while commands are sent, and the proof afterwards that nothing was lost, doubled or shown to the wrong
 * person.
 */
@NullMarked
package dev.chronodesk.bench.faults;

import org.jspecify.annotations.NullMarked;
