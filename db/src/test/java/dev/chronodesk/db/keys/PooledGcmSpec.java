package dev.chronodesk.db.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.crypto.tink.subtle.AesGcmJce;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

class PooledGcmSpec {

    private static final byte[] PLACE = "a place".getBytes(StandardCharsets.UTF_8);

    @Test
    void tink_and_it_open_what_the_other_one_sealed() throws GeneralSecurityException {
        for (var length : new int[] {0, 1, 15, 16, 17, 1_000, 70_000}) {
            var key = random(32);
            var text = random(length);
            assertThat(new AesGcmJce(key).decrypt(new PooledGcm(key).encrypt(text, PLACE), PLACE))
                    .isEqualTo(text);
            assertThat(new PooledGcm(key).decrypt(new AesGcmJce(key).encrypt(text, PLACE), PLACE))
                    .isEqualTo(text);
        }
    }

    @Test
    void one_bit_another_place_or_another_key_opens_nothing() throws GeneralSecurityException {
        var key = random(32);
        var gcm = new PooledGcm(key);
        var sealed = gcm.encrypt(random(40), PLACE);
        for (var bit = 0; bit < sealed.length * 8; bit++) {
            var damaged = sealed.clone();
            damaged[bit / 8] ^= (byte) (1 << bit % 8);
            refused(gcm, damaged, PLACE);
        }
        refused(gcm, sealed, "elsewhere".getBytes(StandardCharsets.UTF_8));
        refused(gcm, Arrays.copyOf(sealed, 27), PLACE);
        refused(new PooledGcm(random(32)), sealed, PLACE);
        assertThat(gcm.decrypt(sealed, PLACE)).hasSize(40);
    }

    @Test
    void many_threads_at_once_get_their_own_and_no_nonce_comes_twice() throws Exception {
        Set<String> nonces = ConcurrentHashMap.newKeySet();
        var rounds = 2_000;
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var all = new ArrayList<Callable<Void>>();
            for (var i = 0; i < 64; i++) {
                var gcm = new PooledGcm(random(32));
                all.add(() -> {
                    for (var round = 0; round < rounds; round++) {
                        var text = random(ThreadLocalRandom.current().nextInt(200));
                        var sealed = gcm.encrypt(text, PLACE);
                        assertThat(nonces.add(HexFormat.of().formatHex(sealed, 0, 12)))
                                .isTrue();
                        assertThat(gcm.decrypt(sealed, PLACE)).isEqualTo(text);
                    }
                    return null;
                });
            }
            for (var done : threads.invokeAll(all)) done.get();
        }
        assertThat(nonces).hasSize(64 * rounds);
    }

    private static void refused(PooledGcm gcm, byte[] sealed, byte[] place) {
        assertThatExceptionOfType(GeneralSecurityException.class).isThrownBy(() -> gcm.decrypt(sealed, place));
    }

    private static byte[] random(int length) {
        var bytes = new byte[length];
        ThreadLocalRandom.current().nextBytes(bytes);
        return bytes;
    }
}
