/** What happened to accounts: sign-ins, failures and changes, for those who audit. */
@NullMarked
package dev.chronodesk.identity.trail;

import org.jspecify.annotations.NullMarked;
