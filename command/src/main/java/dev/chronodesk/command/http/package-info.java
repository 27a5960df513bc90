/** The command door over HTTP: binding, replies, problems and the published description. */
@NullMarked
package dev.chronodesk.command.http;

import org.jspecify.annotations.NullMarked;
