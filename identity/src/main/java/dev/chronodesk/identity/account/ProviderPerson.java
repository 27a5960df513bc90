package dev.chronodesk.identity.account;

import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Somebody whom a provider has named.
 *
 * @param provider its name in the settings
 * @param subject its word for the person, which it gives to nobody else
 * @param email the address that it names, in a form that we know; null for none
 * @param verified whether the provider vouches that mail to the address reaches the person
 * @param claims what it says about the person, as far as it is kept
 */
public record ProviderPerson(
        String provider, String subject, @Nullable EmailAddress email, boolean verified, Map<String, Object> claims) {

    /** The address, when the provider vouches for it. */
    public Optional<EmailAddress> verifiedEmail() {
        return verified ? Optional.ofNullable(email) : Optional.empty();
    }

    @Override
    public String toString() {
        return "ProviderPerson[" + provider + "]";
    }
}
