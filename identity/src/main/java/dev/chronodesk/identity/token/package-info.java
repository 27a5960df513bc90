/** Access tokens: the keys that sign them, what they say, and whether one is ours. */
@NullMarked
package dev.chronodesk.identity.token;

import org.jspecify.annotations.NullMarked;
