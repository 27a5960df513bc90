package dev.chronodesk.identity.mfa;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.time.Instant;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The app on somebody's phone, written after RFC 4226 and RFC 6238 without looking at our side. */
public final class Authenticator {

    private final byte[] secret;

    /** @param base32 as it was typed in: 32 characters */
    public Authenticator(String base32) {
        var number = BigInteger.ZERO;
        for (var each : base32.toCharArray())
            number = number.shiftLeft(5).add(BigInteger.valueOf("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(each)));
        secret = new byte[20];
        var bytes = number.toByteArray();
        for (var i = 1; i <= Math.min(20, bytes.length); i++) secret[20 - i] = bytes[bytes.length - i];
    }

    public byte[] secret() {
        return secret.clone();
    }

    /** What it shows at that time. */
    public String at(Instant time) {
        try {
            var mac = Mac.getInstance("HmacSHA1");
            mac.init(new SecretKeySpec(secret, "HmacSHA1"));
            var hash = ByteBuffer.wrap(mac.doFinal(ByteBuffer.allocate(8)
                    .putLong(Math.floorDiv(time.getEpochSecond(), 30L))
                    .array()));
            var number = hash.getInt(hash.get(19) & 0xF) & 0x7FFFFFFF;
            return String.valueOf(1_000_000 + number % 1_000_000).substring(1);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A code that it shows neither then nor a few steps before or after. */
    public String wrongAt(Instant time) {
        for (var guess = 0; ; guess++) {
            var code = String.valueOf(1_000_000 + guess).substring(1);
            var shown = false;
            for (var step = -3; step <= 3; step++)
                shown |= at(time.plusSeconds(30L * step)).equals(code);
            if (!shown) return code;
        }
    }
}
