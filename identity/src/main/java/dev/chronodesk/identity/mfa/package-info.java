/** Second factors: what a person has beside what they know, and the codes that prove it. */
@NullMarked
package dev.chronodesk.identity.mfa;

import org.jspecify.annotations.NullMarked;
