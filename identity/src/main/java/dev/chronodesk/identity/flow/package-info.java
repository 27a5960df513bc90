/** What people do with accounts in more than one step: sign-up, links, another address, another password. */
@NullMarked
package dev.chronodesk.identity.flow;

import org.jspecify.annotations.NullMarked;
