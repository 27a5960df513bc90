/** Who the administrators are, as one stream: the desk never loses its last one, whoever asks at the same moment. */
@NullMarked
package dev.chronodesk.events.roster;

import org.jspecify.annotations.NullMarked;
