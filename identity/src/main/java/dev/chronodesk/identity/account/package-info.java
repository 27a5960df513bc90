/** How people prove who they are: addresses, passwords, and the way from sign-up to a registered profile. */
@NullMarked
package dev.chronodesk.identity.account;

import org.jspecify.annotations.NullMarked;
