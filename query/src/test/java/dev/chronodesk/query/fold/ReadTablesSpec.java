package dev.chronodesk.query.fold;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chronodesk.events.codec.EventCodec;
import dev.chronodesk.query.Desk;
import dev.chronodesk.query.LiveSchema;
import dev.chronodesk.query.ReadTables;
import java.lang.reflect.RecordComponent;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A read table is said three times: as a record, as columns, and in SQL. They say the same. */
class ReadTablesSpec {

    private static Desk desk;

    @BeforeAll
    static void start() {
        desk = new Desk().start();
    }

    @AfterAll
    static void stop() {
        desk.close();
    }

    static Stream<Table<?, ?>> tables() {
        return ReadTables.model(new EventCodec()).tables().stream();
    }

    @ParameterizedTest
    @MethodSource("tables")
    void the_columns_in_java_are_the_columns_in_postgresql(Table<?, ?> table) throws SQLException {
        var declared = new LinkedHashMap<String, String>();
        for (var column : table.columns())
            declared.put(column.name(), column.type().sql());
        assertThat(sqlColumns(table.name())).containsExactlyEntriesOf(declared);
    }

    @ParameterizedTest
    @MethodSource("tables")
    void the_record_s_components_are_the_columns(Table<?, ?> table) throws Exception {
        var components = components(table);
        assertThat(components.stream().map(RecordComponent::getName).map(ReadTablesSpec::snake))
                .containsExactlyElementsOf(
                        table.columns().stream().map(Column::name).toList());
        for (var i = 0; i < components.size(); i++)
            assertThat(javaTypes(table.columns().get(i).type()))
                    .as("%s.%s", table, table.columns().get(i).name())
                    .anyMatch(components.get(i).getType()::isAssignableFrom);
    }

    /** The row type is not kept at run time; it is what the key function takes, found by its name. */
    private static List<RecordComponent> components(Table<?, ?> table) throws Exception {
        for (var type : rowTypes()) {
            var declared = type.getField("TABLE").get(null);
            if (declared == table) return List.of(type.getRecordComponents());
        }
        throw new AssertionError("no row record declares " + table);
    }

    private static List<Class<?>> rowTypes() throws ClassNotFoundException {
        var types = new ArrayList<Class<?>>();
        for (var name : List.of(
                "ticket.TicketRow",
                "ticket.TicketCommentRow",
                "ticket.TicketEventRow",
                "profile.ProfileRow",
                "profile.PastEmailRow",
                "team.TeamRow",
                "team.TeamMemberRow",
                "schedule.ScheduleRow",
                "statistics.TicketMeasureRow",
                "statistics.TicketSolvingRow",
                "statistics.TicketReplyRow",
                "statistics.TicketCourseRow",
                "statistics.TicketStateRow",
                "statistics.TicketSpanRow",
                "statistics.TicketTouchRow",
                "statistics.AdoptedDefinitionRow",
                "report.ReportRow",
                "search.TicketTextRow")) types.add(Class.forName("dev.chronodesk.query." + name));
        return types;
    }

    private static List<Class<?>> javaTypes(SqlType type) {
        return switch (type) {
            case UUID -> List.of(UUID.class);
            case TEXT ->
                List.of(
                        String.class,
                        dev.chronodesk.events.ticket.Status.class,
                        dev.chronodesk.events.ticket.Priority.class,
                        dev.chronodesk.events.ticket.TicketType.class,
                        dev.chronodesk.events.ticket.Visibility.class,
                        dev.chronodesk.events.profile.Role.class);
            case TEXTS -> List.of(List.class);
            case INT -> List.of(int.class);
            case BIGINT -> List.of(long.class, Long.class);
            case BOOLEAN -> List.of(boolean.class);
            case TIMESTAMP -> List.of(Instant.class);
            case JSON -> List.of(Map.class);
        };
    }

    private static String snake(String camel) {
        return camel.replaceAll("(?<=[a-z])(?=[A-Z])", "_").toLowerCase(Locale.ROOT);
    }

    private static Map<String, String> sqlColumns(String table) throws SQLException {
        var columns = new LinkedHashMap<String, String>();
        try (var connection = desk.database().superuser();
                var select = connection.prepareStatement(
                        """
                        select attname, format_type(atttypid, null) from pg_attribute
                        where attrelid = (? || '.' || ?)::regclass and attnum > 0 and not attisdropped
                          and attgenerated = '' order by attnum
                        """)) {
            select.setString(1, LiveSchema.TABLES);
            select.setString(2, table);
            try (var result = select.executeQuery()) {
                while (result.next()) columns.put(result.getString(1), result.getString(2));
            }
        }
        return columns;
    }

    @Test
    void every_table_has_forced_row_security_and_every_view_asks_as_its_caller() throws SQLException {
        assertThat(names("select relname from pg_class where relnamespace = 'live'::regnamespace and relkind = 'r'"
                        + " and not (relrowsecurity and relforcerowsecurity)"))
                .isEmpty();
        assertThat(names("select relname from pg_class where relnamespace = 'live'::regnamespace and relkind = 'r'"))
                .hasSize(21);
        assertThat(names("select relname from pg_class where relnamespace = 'api'::regnamespace and relkind = 'v'"
                        + " and not coalesce('security_invoker=true' = any (reloptions), false)"))
                .isEmpty();
        assertThat(names("select relname from pg_class where relnamespace = 'api'::regnamespace and relkind = 'v'"))
                .hasSize(13);
    }

    @Test
    void every_index_and_every_right_waits_until_tables_are_filled() {
        var model = ReadTables.model(new EventCodec());
        var scripts = model.scripts().stream().map(ReadModel.Script::text).collect(Collectors.joining("\n"));
        var first = model.scripts().stream()
                .flatMap(script -> script.first().stream())
                .collect(Collectors.joining("\n"));
        assertThat(first)
                .doesNotContainPattern(
                        "(?i)create\\s+(unique\\s+)?index|force\\s+row|add\\s+constraint|\\bgrant\\s+\\w+.*\\bto\\b");
        assertThat(model.later(ReadModel.Later.INDEX))
                .extracting(ReadModel.Deferred::name)
                .contains("tickets_by_change", "ticket_events_of_ticket_uk")
                .doesNotHaveDuplicates();
        assertThat(model.later(ReadModel.Later.FORCE))
                .extracting(ReadModel.Deferred::name)
                .containsAll(tables().map(Table::name).toList())
                .contains("generation");
        assertThat(model.later(ReadModel.Later.GRANT)).hasSize((int)
                scripts.lines().filter(line -> line.startsWith("grant ")).count());
        // what is cut out is whole: the same letters are there, once
        var later = Stream.of(ReadModel.Later.values())
                .flatMap(kind -> model.later(kind).stream())
                .mapToInt(deferred -> letters(deferred.sql()))
                .sum();
        assertThat(letters(first) + later).isEqualTo(letters(scripts));
    }

    private static int letters(String text) {
        return text.replaceAll("\\s", "").length();
    }

    @Test
    void every_policy_looks_at_the_claims_once_a_query_and_not_once_a_row() throws SQLException {
        var policies = names(
                "select coalesce(qual, '') || coalesce(with_check, '') from pg_policies where schemaname = 'live'");
        assertThat(policies).hasSizeGreaterThan(20);
        assertThat(policies)
                .allSatisfy(policy -> assertThat(policy.replaceAll("\\( SELECT auth\\.uid\\(\\) AS uid\\)", ""))
                        .doesNotContain("auth.")
                        .doesNotContain("current_setting"));
        assertThat(names("select policyname from pg_policies where schemaname = 'live' and roles = '{public}'"))
                .isEmpty();
    }

    private static List<String> names(String sql) throws SQLException {
        var names = new ArrayList<String>();
        try (var connection = desk.database().superuser();
                var statement = connection.createStatement();
                var result = statement.executeQuery(LiveSchema.named(sql))) {
            while (result.next()) names.add(result.getString(1));
        }
        return names;
    }
}
