package dev.chronodesk.app.imports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chronodesk.events.ticket.Priority;
import dev.chronodesk.events.ticket.Status;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IncidentFileSpec {

    static final String HEADER = "number,incident_state,sys_mod_count,caller_id,opened_by,opened_at,sys_updated_by,"
            + "sys_updated_at,category,subcategory,u_symptom,priority,assignment_group,assigned_to";
    static final String ROW = "INC1,New,0,Caller 1,Opened by  8,29-02-2016 01:16,Updated by 2,29-02-2016 01:23,"
            + "Category 5,?,Symptom 7,3 - Moderate,Group 56,?";

    @TempDir
    Path directory;

    @Test
    void a_row_says_what_its_columns_say_and_a_question_mark_says_nothing() throws IOException {
        assertThat(read(HEADER, ROW).incidents())
                .containsExactly(List.of(new IncidentRow(
                        2,
                        "INC1",
                        0,
                        Status.NEW,
                        Priority.NORMAL,
                        "Caller 1",
                        "Opened by  8",
                        Instant.parse("2016-02-29T01:16:00Z"),
                        "Updated by 2",
                        Instant.parse("2016-02-29T01:23:00Z"),
                        "Category 5",
                        null,
                        "Symptom 7",
                        "Group 56",
                        null)));
    }

    @Test
    void columns_are_found_by_their_titles() throws IOException {
        var turned = read(reversed(HEADER) + ",one_more", reversed(ROW) + ",x");
        assertThat(turned.incidents()).isEqualTo(read(HEADER, ROW).incidents());
    }

    @Test
    void updates_are_in_their_order_and_those_of_the_same_count_as_the_file_has_them() throws IOException {
        var file = read(
                HEADER,
                ROW.replace(",0,", ",7,"),
                ROW.replace("INC1", "INC2"),
                ROW.replace(",0,", ",10,"),
                ROW.replace(",0,", ",7,"),
                ROW.replace(",0,", ",2,"));
        assertThat(file.incidents().getFirst()).extracting(IncidentRow::line).containsExactly(6L, 2L, 5L, 4L);
        assertThat(file.rows()).isEqualTo(5);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "New; Bogus; incident_state",
                "New,0; New,none; sys_mod_count",
                "New,0; New,-1; sys_mod_count",
                "New,0; New,99999999999; sys_mod_count",
                "Caller 1; ?; caller_id is missing",
                "Caller 1; ''; caller_id is missing",
                "INC1; ?; number is missing",
                "29-02-2016 01:16; 30-02-2016 01:16; opened_at",
                "29-02-2016 01:23; 2016-02-29 01:23; sys_updated_at",
                "29-02-2016 01:23; 29-02-2016 24:00; sys_updated_at",
                "Updated by 2; ?; sys_updated_by",
                "3 - Moderate; 5 - Whenever; priority",
                "3 - Moderate; 33; priority",
                "Group 56,?; Group 56; 13 columns",
                "Group 56,?; Group 56,?,?; 15 columns",
                "Group 56; \"Gro\"up; quote",
            })
    void a_malformed_row_is_named_by_its_line_and_the_rest_goes_on(String from, String to, String reason)
            throws IOException {
        assertThat(ROW).contains(from);
        var file = read(HEADER, ROW, ROW.replace(from, to).replace("INC1", "INC3"), ROW.replace("INC1", "INC2"));
        assertThat(file.rejected()).singleElement().satisfies(remark -> {
            assertThat(remark.line()).isEqualTo(3);
            assertThat(remark.text()).contains(reason);
        });
        assertThat(file.incidents()).hasSize(2);
        assertThat(file.rows()).isEqualTo(3);
    }

    @Test
    void text_that_is_not_utf_8_spoils_its_own_row_only() throws IOException {
        var path = directory.resolve("latin.csv");
        Files.write(
                path,
                (HEADER + "\n" + ROW.replace("Caller 1", "Caf\u00e9") + "\n" + ROW + "\n")
                        .getBytes(StandardCharsets.ISO_8859_1));
        var file = IncidentFile.read(path);
        assertThat(file.rejected()).extracting(Remark::text).containsExactly("not UTF-8");
        assertThat(file.incidents()).hasSize(1);
    }

    @Test
    void what_no_text_column_can_store_is_malformed() throws IOException {
        var file = read(HEADER, ROW.replace("Caller 1", "Caller\0"), ROW);
        assertThat(file.rejected()).extracting(Remark::text).containsExactly("caller_id contains U+0000");
        assertThat(file.incidents()).hasSize(1);
    }

    @Test
    void a_quoted_field_may_hold_commas_quotes_and_line_breaks() throws IOException {
        var file = read(HEADER, ROW.replace("Category 5", "\"a, \"\"b\"\"\nand c\""), ROW.replace("INC1", "INC2"));
        assertThat(file.incidents().getFirst().getFirst().category()).isEqualTo("a, \"b\"\nand c");
        assertThat(file.incidents().get(1).getFirst().line()).isEqualTo(4);
        assertThat(file.rejected()).isEmpty();
    }

    @Test
    void one_forgotten_quote_swallows_no_other_row() throws IOException {
        var broken = ROW.replace("Category 5", "\"Category 5");
        var file = read(HEADER, broken, ROW, broken, ROW.replace("INC1", "INC2"));
        assertThat(file.rejected()).extracting(Remark::line).containsExactly(2L, 4L);
        assertThat(file.incidents()).hasSize(2);
    }

    @Test
    void a_byte_order_mark_carriage_returns_and_blank_lines_do_no_harm() throws IOException {
        var path = directory.resolve("windows.csv");
        Files.writeString(path, "\uFEFF" + HEADER + "\r\n\r\n" + ROW + "\r\n");
        var file = IncidentFile.read(path);
        assertThat(file.rejected()).isEmpty();
        assertThat(file.incidents().getFirst().getFirst().line()).isEqualTo(3);
        assertThat(file.rows()).isOne();
    }

    @Test
    void a_packed_file_is_read_as_the_plain_one() throws IOException {
        assertThat(IncidentFile.read(packed(HEADER + "\n" + ROW))).isEqualTo(read(HEADER, ROW));
    }

    @Test
    void a_file_that_is_cut_off_is_not_used_at_all() throws IOException {
        var whole = Files.readAllBytes(packed(HEADER + "\n" + ROW));
        var cut = Files.write(directory.resolve("cut.csv.gz"), java.util.Arrays.copyOf(whole, whole.length - 20));
        assertThatThrownBy(() -> IncidentFile.read(cut)).isInstanceOf(UnreadableFileException.class);
    }

    @Test
    void a_file_without_our_columns_says_which_are_missing() {
        assertThatThrownBy(() -> read(HEADER.replace("caller_id", "caller"), ROW))
                .isInstanceOf(UnreadableFileException.class)
                .hasMessageContaining("caller_id");
        assertThatThrownBy(() -> read("")).isInstanceOf(UnreadableFileException.class);
        assertThatThrownBy(() -> IncidentFile.read(directory.resolve("none.csv")))
                .isInstanceOf(UnreadableFileException.class);
    }

    private IncidentFile read(String... lines) throws IOException {
        return IncidentFile.read(
                Files.writeString(directory.resolve("incidents.csv"), String.join("\n", lines) + "\n"));
    }

    private Path packed(String text) throws IOException {
        var path = directory.resolve("incidents.csv.gz");
        try (var out = new GZIPOutputStream(Files.newOutputStream(path))) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return path;
    }

    private static String reversed(String line) {
        return String.join(",", List.of(line.split(",")).reversed());
    }
}
