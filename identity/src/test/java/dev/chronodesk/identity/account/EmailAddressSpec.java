package dev.chronodesk.identity.account;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class EmailAddressSpec {

    @Test
    void however_it_is_typed_it_is_one_address() {
        for (var typed : List.of("ada@example.org", "ADA@Example.ORG", "  ada@example.org\n"))
            assertThat(EmailAddress.of(typed)).contains(new EmailAddress("ada@example.org"));
    }

    @Test
    void addresses_that_people_have_are_taken() {
        for (var typed : List.of(
                "a@b",
                "ada.lovelace+desk@mail.example.co.uk",
                "o'neil@example.org",
                "x_y-z@1.example",
                "a".repeat(64) + "@b.org"))
            assertThat(EmailAddress.of(typed)).as(typed).isPresent();
    }

    @Test
    void what_is_no_address_is_not_taken() {
        for (var typed : List.of(
                "",
                "@",
                "ada",
                "ada@",
                "@example.org",
                "a@b@c",
                "a b@example.org",
                ".a@example.org",
                "a.@example.org",
                "a..b@example.org",
                "a@-b.org",
                "a@b-.org",
                "a@b..org",
                "a@.org",
                "a@b.org.",
                "\"a b\"@example.org",
                "a@[127.0.0.1]",
                "ä@example.org",
                "a@exämple.org",
                "a\u0000@example.org",
                "a@example.org\u0000b",
                "a@exam\nple.org",
                "a".repeat(65) + "@b.org",
                "a@" + "b".repeat(64) + ".org",
                "a@" + "b.".repeat(130) + "org",
                "a".repeat(1_000_000),
                "İ@example.org",
                "a@b\u212A.org")) assertThat(EmailAddress.of(typed)).as(typed).isEmpty();
    }

    @Test
    void it_does_not_print_itself() {
        assertThat(new EmailAddress("ada@example.org").toString()).doesNotContain("ada");
    }
}
