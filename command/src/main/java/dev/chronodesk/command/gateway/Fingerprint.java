package dev.chronodesk.command.gateway;

import dev.chronodesk.command.door.Command;
import dev.chronodesk.command.door.Terms;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Tells whether two sends with one key want the same: HMAC-SHA-256, so that a receipt does not show what was said. What
 * counts is the command, its fields as they were sent, when it occurred, and whether a program decided it; not
 * {@code If-Match}, which somebody who looked again may send anew.
 */
final class Fingerprint {

    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .build();

    /** With the key in it; copied for each use, because looking for an algorithm takes longer than hashing. */
    private final Mac keyed;

    Fingerprint(byte[] secret) {
        try {
            keyed = Mac.getInstance("HmacSHA256");
            keyed.init(new SecretKeySpec(secret, "HmacSHA256"));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HmacSHA256", e);
        }
    }

    byte[] of(List<Gateway.Item> items) {
        try {
            var mac = (Mac) keyed.clone();
            for (var item : items) add(mac, item.command(), item.terms());
            return mac.doFinal();
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("the JDK's HmacSHA256 can be copied", e);
        }
    }

    /** Each part is preceded by its length, so that no two different lists give the same bytes. */
    private static void add(Mac mac, Command command, Terms terms) {
        part(mac, command.getClass().getSimpleName().getBytes(StandardCharsets.UTF_8));
        part(mac, JSON.writeValueAsBytes(command));
        part(
                mac,
                (terms.occurredAt() + " " + terms.onBehalfOf() + " " + terms.automation())
                        .getBytes(StandardCharsets.UTF_8));
    }

    private static void part(Mac mac, byte[] bytes) {
        mac.update((bytes.length + ":").getBytes(StandardCharsets.UTF_8));
        mac.update(bytes);
    }
}
