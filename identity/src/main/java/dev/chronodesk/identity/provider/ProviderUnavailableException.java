package dev.chronodesk.identity.provider;

import org.jspecify.annotations.Nullable;

/** The provider does not answer now, or not as a provider does. */
public final class ProviderUnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    ProviderUnavailableException(String provider, String why, @Nullable Throwable cause) {
        super("provider " + provider + ": " + why, cause);
    }
}
