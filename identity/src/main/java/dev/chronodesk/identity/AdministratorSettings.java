package dev.chronodesk.identity;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * {@code chronodesk.admin.*}: the first administrator, used only while there is none.
 *
 * @param email made up when absent
 * @param password made up when absent, 8 to 128 characters otherwise
 */
@ConfigurationProperties("chronodesk.admin")
public record AdministratorSettings(@Nullable String email, @Nullable Secret password) {

    /** Personal, and kept out of logs with the password. */
    @Override
    public String toString() {
        return "AdministratorSettings[…]";
    }
}
