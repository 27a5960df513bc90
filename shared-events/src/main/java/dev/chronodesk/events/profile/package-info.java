/** People as the desk knows them: names, addresses, roles. */
@NullMarked
package dev.chronodesk.events.profile;

import org.jspecify.annotations.NullMarked;
