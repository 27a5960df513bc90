/** The calls of /auth/v1 as the Supabase clients speak them, with their shapes and errors. */
@NullMarked
package dev.chronodesk.identity.auth;

import org.jspecify.annotations.NullMarked;
