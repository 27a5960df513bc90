package dev.chronodesk.events.codec;

import dev.chronodesk.events.Metadata;
import dev.chronodesk.events.profile.Role;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Metadata as it is always written, without the machinery that makes any record from any JSON: every event that is read
 * has one. Whatever looks different is left to that machinery, which knows what is wrong with it.
 */
final class MetadataReader {

    private static final JsonFactory FACTORY = new JsonFactory();

    private @Nullable UUID actor;
    private @Nullable Role actorRole;
    private @Nullable UUID sentBy;
    private @Nullable Boolean automation;
    private @Nullable String command;
    private @Nullable String key;
    private @Nullable UUID cause;

    private MetadataReader() {}

    /** Null when it has to be looked at in full. */
    static @Nullable Metadata read(byte[] json) {
        try (var parser = FACTORY.createParser(ObjectReadContext.empty(), json)) {
            return new MetadataReader().read(parser);
        } catch (IllegalArgumentException another) {
            return null;
        }
    }

    private @Nullable Metadata read(JsonParser parser) {
        if (parser.nextToken() != JsonToken.START_OBJECT) return null;
        for (var name = parser.nextName(); name != null; name = parser.nextName()) if (!take(name, parser)) return null;
        if (parser.currentToken() != JsonToken.END_OBJECT || parser.nextToken() != null) return null;
        return actor == null
                        || actorRole == null
                        || sentBy == null
                        || automation == null
                        || command == null
                        || key == null
                ? null
                : new Metadata(actor, actorRole, sentBy, automation, command, key, cause);
    }

    private boolean take(String name, JsonParser parser) {
        var token = parser.nextToken();
        if (name.equals("automation")) {
            automation = token == JsonToken.VALUE_TRUE;
            return token == JsonToken.VALUE_TRUE || token == JsonToken.VALUE_FALSE;
        }
        if (token != JsonToken.VALUE_STRING) return false;
        var text = parser.getString();
        switch (name) {
            case "actor" -> actor = UUID.fromString(text);
            case "actorRole" -> actorRole = Role.of(text);
            case "sentBy" -> sentBy = UUID.fromString(text);
            case "command" -> command = text;
            case "key" -> key = text;
            case "cause" -> cause = UUID.fromString(text);
            default -> {
                return false;
            }
        }
        return true;
    }
}
