package dev.chronodesk.identity.token;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Tokens that somebody without our key makes out of one that is good, by what was done to it. */
public final class Forgeries {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private Forgeries() {}

    /** At least 40 of them. */
    public static Map<String, String> of(String good, Map<String, Object> published) {
        var parts = good.split("\\.", -1);
        var header = parts[0];
        var claims = parts[1];
        var signature = parts[2];
        var all = new LinkedHashMap<String, String>();
        for (var none : List.of("none", "None", "NONE", "nOnE", "")) {
            all.put("alg " + none + " without signature", changed(header, "alg", none) + "." + claims + ".");
            all.put("alg " + none + " with signature", changed(header, "alg", none) + "." + claims + "." + signature);
        }
        for (var alg :
                List.of("HS256", "HS384", "HS512", "RS256", "PS256", "ES384", "ES512", "ES256K", "EdDSA", "es256"))
            all.put("alg " + alg + ", old signature", changed(header, "alg", alg) + "." + claims + "." + signature);
        var set = JSON.writeValueAsString(published);
        var hs = changed(header, "alg", "HS256") + "." + claims;
        all.put("HS256 with the key set as secret", hs + "." + hmac(hs, set.getBytes(StandardCharsets.UTF_8)));
        var x = JSON.readTree(set).get("keys").get(0).get("x").stringValue();
        var y = JSON.readTree(set).get("keys").get(0).get("y").stringValue();
        all.put(
                "HS256 with x as secret",
                hs + "." + hmac(hs, Base64.getUrlDecoder().decode(x)));
        all.put(
                "HS256 with x and y as secret",
                hs + "." + hmac(hs, Base64.getUrlDecoder().decode(x + y.substring(0, 1))));
        all.put("HS256 with an empty-looking secret", hs + "." + hmac(hs, new byte[] {0}));
        all.put("a foreign key under our kid", foreign(header, claims));
        for (var kid : List.of("", "another", "../../etc/passwd", "' or 1=1 --", "null"))
            all.put("foreign kid " + kid, foreign(changed(header, "kid", kid), claims));
        all.put("our signature under another kid", changed(header, "kid", "another") + "." + claims + "." + signature);
        all.put("a foreign key with its jwk beside it", foreign(changed(header, "jwk", "{}"), claims));
        all.put("a key set's address in it", foreign(changed(header, "jku", "http://127.0.0.1/keys"), claims));
        all.put("a certificate's address in it", foreign(changed(header, "x5u", "http://127.0.0.1/cert"), claims));
        all.put("typ at+jwt", changed(header, "typ", "at+jwt") + "." + claims + "." + signature);
        all.put("crit", changed(header, "crit", "exp") + "." + claims + "." + signature);
        for (var claim : List.of("sub", "session_id", "role", "aud", "iss", "email", "exp"))
            all.put("another " + claim, header + "." + changed(claims, claim, "changed") + "." + signature);
        all.put("no signature", header + "." + claims + ".");
        all.put("two parts", header + "." + claims);
        all.put("one part", header);
        all.put("four parts", good + "." + signature);
        all.put("five parts, as encrypted", good + "." + signature + "." + signature);
        all.put("an all-zero signature", header + "." + claims + "." + text(new byte[64]));
        all.put("a signature of ones", header + "." + claims + "." + text(ones()));
        all.put("a short signature", header + "." + claims + "." + signature.substring(0, 40));
        all.put("a DER signature", header + "." + claims + "." + text(new byte[] {0x30, 6, 2, 1, 1, 2, 1, 1}));
        all.put("header and claims exchanged", claims + "." + header + "." + signature);
        all.put(
                "claims that are no JSON",
                header + "." + text("not json".getBytes(StandardCharsets.UTF_8)) + "." + signature);
        all.put(
                "claims that are an array",
                header + "." + text("[]".getBytes(StandardCharsets.UTF_8)) + "." + signature);
        all.put(
                "a header that is no JSON",
                text("{".getBytes(StandardCharsets.UTF_8)) + "." + claims + "." + signature);
        all.put("nothing but dots", "..");
        all.put("a word", "token");
        all.put("a huge one", header + "." + "A".repeat(20_000) + "." + signature);
        return all;
    }

    private static byte[] ones() {
        var bytes = new byte[64];
        bytes[31] = 1;
        bytes[63] = 1;
        return bytes;
    }

    private static String changed(String part, String member, String value) {
        var object = (ObjectNode) JSON.readTree(Base64.getUrlDecoder().decode(part));
        object.put(member, value);
        return text(JSON.writeValueAsBytes(object));
    }

    private static String text(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static String hmac(String content, byte[] secret) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret, "HmacSHA256"));
            return text(mac.doFinal(content.getBytes(StandardCharsets.US_ASCII)));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static String foreign(String header, String claims) {
        try {
            var generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            var signer = Signature.getInstance("SHA256withECDSAinP1363Format");
            signer.initSign(generator.generateKeyPair().getPrivate());
            signer.update((header + "." + claims).getBytes(StandardCharsets.US_ASCII));
            return header + "." + claims + "." + text(signer.sign());
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }
}
