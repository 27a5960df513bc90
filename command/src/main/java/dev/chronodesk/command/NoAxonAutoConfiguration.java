package dev.chronodesk.command;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.AutoConfigurationImportFilter;
import org.springframework.boot.autoconfigure.AutoConfigurationMetadata;

/**
 * Keeps Axon's auto-configuration out: it orders itself by class names of Spring Boot 3, and silently puts its own
 * serializer, transaction manager, stores, update checker and time-outs where ours should be.
 */
final class NoAxonAutoConfiguration implements AutoConfigurationImportFilter {

    @Override
    public boolean[] match(@Nullable String[] classes, AutoConfigurationMetadata metadata) {
        var kept = new boolean[classes.length];
        for (var i = 0; i < classes.length; i++) {
            var name = classes[i];
            kept[i] = name == null || !name.startsWith("org.axonframework.");
        }
        return kept;
    }
}
