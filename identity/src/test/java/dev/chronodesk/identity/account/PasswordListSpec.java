package dev.chronodesk.identity.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chronodesk.identity.Secret;
import dev.chronodesk.identity.account.Passwords.Weakness;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.security.crypto.argon2.Argon2PasswordEncoder;

/** Passwords that nobody may choose. */
class PasswordListSpec {

    private static final EmailAddress ADA = new EmailAddress("ada.lovelace@example.org");

    @Test
    void common_ones_are_known_in_capitals_too() {
        var list = new PasswordList(null);
        for (var common : new String[] {"password1", "PASSWORD1", "iloveyou1", "qwertyuiop", "12345678"})
            assertThat(list.contains(common)).as(common).isTrue();
        assertThat(list.contains("correct horse")).isFalse();
    }

    @Test
    void ones_own_address_is_no_password() {
        var passwords = new Passwords(new PasswordList(null), 1, Duration.ofSeconds(5));
        assertThat(passwords.weakness("Ada.Lovelace", ADA)).contains(Weakness.PWNED);
        assertThat(passwords.weakness("ada.lovelace@example.org", ADA)).contains(Weakness.PWNED);
        assertThat(passwords.weakness("ada.lovelace likes engines", ADA)).isEmpty();
        assertThat(passwords.weakness("short", ADA)).contains(Weakness.LENGTH);
    }

    private static String sha1(String text) throws Exception {
        return HexFormat.of()
                .withUpperCase()
                .formatHex(MessageDigest.getInstance("SHA-1").digest(text.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void a_sorted_file_of_any_size_is_searched_where_it_is(@TempDir Path directory) throws Exception {
        var seed = System.nanoTime();
        System.out.println("PasswordListSpec seed " + seed);
        var random = new Random(seed);
        for (var size : new int[] {1, 2, 3, 7, 50, 5_000}) {
            var lines = new TreeSet<String>();
            for (var i = 0; i < size; i++) {
                var line = sha1("broken " + i);
                lines.add(
                        switch (random.nextInt(3)) {
                            case 0 -> line;
                            case 1 -> line + ":" + random.nextInt(1_000_000);
                            default -> line + ":" + "9".repeat(1 + random.nextInt(20));
                        });
            }
            var file = directory.resolve("list-" + size);
            Files.writeString(file, String.join(random.nextBoolean() ? "\n" : "\r\n", lines) + "\n");
            var list = new PasswordList(file);
            for (var i = 0; i < size; i++)
                assertThat(list.contains("broken " + i)).as("%s of %s", i, size).isTrue();
            for (var i = 0; i < 200; i++)
                assertThat(list.contains("whole " + i)).isFalse();
        }
    }

    @Test
    void a_file_that_is_none_is_refused_by_the_name_of_the_setting(@TempDir Path directory) throws Exception {
        var file = directory.resolve("list");
        assertThatThrownBy(() -> new PasswordList(file)).hasMessageStartingWith("chronodesk.identity.password-list");
        for (var wrong :
                new String[] {"", "password\n", "0".repeat(41) + "\n", "B".repeat(40) + "\n" + "A".repeat(40)}) {
            Files.writeString(file, wrong);
            assertThatThrownBy(() -> new PasswordList(file))
                    .hasMessageStartingWith("chronodesk.identity.password-list");
        }
    }

    @Test
    void a_password_that_nobody_may_choose_is_nobodys_though_its_hash_be_there() {
        var passwords = new Passwords(new PasswordList(null), 1, Duration.ofSeconds(5));
        for (var wrong : new String[] {"short", "x".repeat(Passwords.MAX + 1), "x".repeat(100_000)})
            assertThat(passwords.matches(wrong, passwords.hash(wrong))).isFalse();
    }

    @Test
    void a_hash_of_weaker_parameters_is_noticed_and_one_of_ours_is_not() {
        var passwords = new Passwords(new PasswordList(null), 1, Duration.ofSeconds(5));
        var weak = new Argon2PasswordEncoder(16, 32, 1, 4_096, 1).encode("correct horse");
        assertThat(passwords.outdated(new Secret(String.valueOf(weak)))).isTrue();
        assertThat(passwords.matches("correct horse", new Secret(String.valueOf(weak))))
                .isTrue();
        assertThat(passwords.outdated(passwords.hash("correct horse"))).isFalse();
    }
}
