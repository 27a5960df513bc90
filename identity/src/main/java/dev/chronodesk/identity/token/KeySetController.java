package dev.chronodesk.identity.token;

import java.time.Duration;
import java.util.Map;
import org.springframework.http.CacheControl;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** The public keys of our tokens (RFC 7517), for clients that verify them by themselves. */
@RestController
public final class KeySetController {

    private final SigningKeys keys;

    public KeySetController(SigningKeys keys) {
        this.keys = keys;
    }

    @GetMapping({"/auth/v1/.well-known/jwks.json", "/.well-known/jwks.json"})
    ResponseEntity<Map<String, Object>> keys() {
        return ResponseEntity.ok()
                .cacheControl(CacheControl.maxAge(Duration.ofMinutes(10)).cachePublic())
                .body(keys.published());
    }
}
