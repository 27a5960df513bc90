package dev.chronodesk.identity.auth;

import dev.chronodesk.identity.session.Device;
import dev.chronodesk.identity.token.SigningKeys;
import dev.chronodesk.identity.trail.Trail;
import dev.chronodesk.identity.trail.Trail.Action;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.Map;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** The keys of access tokens, beyond the contract: changed by administrators. */
@RestController
@RequestMapping("/auth/v1/admin/signing_keys")
public final class SigningKeysController {

    private final SigningKeys keys;
    private final Trail trail;

    public SigningKeysController(SigningKeys keys, Trail trail) {
        this.keys = keys;
        this.trail = trail;
    }

    /** Makes a new key; {@code at_once} when one has leaked. */
    @PostMapping
    Map<String, Object> rotate(HttpServletRequest request) throws IOException {
        var by = Administrators.only();
        var atOnce = AuthBody.of(request).yes("at_once", false);
        var kid = keys.rotate(atOnce);
        trail.note(
                Action.KEY_CREATED, by.id(), null, null, Device.of(request), atOnce ? "signing, at once" : "signing");
        return Map.of("kid", kid);
    }
}
