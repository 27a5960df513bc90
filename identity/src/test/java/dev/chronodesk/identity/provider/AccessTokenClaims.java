package dev.chronodesk.identity.provider;

import java.util.Base64;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a token says, unverified. */
final class AccessTokenClaims {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private AccessTokenClaims() {}

    static JsonNode of(String token) {
        return JSON.readTree(Base64.getUrlDecoder().decode(token.split("\\.", -1)[1]));
    }
}
