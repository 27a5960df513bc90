package dev.chronodesk.command.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chronodesk.command.Desk;
import dev.chronodesk.command.gateway.Catalogue;
import dev.chronodesk.db.TestDatabase;
import dev.chronodesk.db.caller.Caller;
import dev.chronodesk.db.port.Figures;
import dev.chronodesk.events.profile.Role;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The published description says what the door does. */
class OpenApiSpec {

    static TestDatabase database;
    static Desk desk;
    static Door door;
    static JsonNode document;

    @BeforeAll
    static void open() {
        database = TestDatabase.create();
        desk = new Desk(database);
        desk.computing((call, reader) -> new Figures.Answer(1, "status"));
        door = new Door(desk).as(new Caller.Known(desk.person(Role.ADMIN).id(), Role.ADMIN));
        document = door.send(Door.get("/openapi.json")).json();
    }

    @AfterAll
    static void close() {
        desk.close();
        database.close();
    }

    @Test
    void it_is_open_to_everybody() {
        var answer = new Door(desk).send(Door.get("/openapi.json"));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().get("openapi").stringValue()).startsWith("3.1");
    }

    @Test
    void it_describes_every_command() {
        for (var name : new Catalogue().all().keySet()) {
            assertThat(document.get("paths").has("/commands/" + name)).as(name).isTrue();
            assertThat(schema(name).get("additionalProperties").booleanValue()).isFalse();
        }
    }

    @Test
    void every_reference_leads_somewhere() {
        var references = new ArrayList<String>();
        collect(document, references);
        assertThat(references).isNotEmpty();
        for (var reference : references)
            assertThat(document.at(reference.substring(1)).isMissingNode())
                    .as(reference)
                    .isFalse();
    }

    /** An example fails on a rule at most, because nothing it names exists; never on its shape. */
    @Test
    void every_example_has_the_right_shape() {
        for (var name : new Catalogue().all().keySet())
            assertThat(door.send(name, example(name).toString()).status())
                    .as(name)
                    .isIn(200, 404, 422);
    }

    @Test
    void every_required_field_is_required_and_no_other() {
        for (var name : new Catalogue().all().keySet()) {
            var required = texts(schema(name).path("required"));
            for (var field : schema(name).get("properties").propertyNames()) {
                var without = example(name);
                without.remove(field);
                var answer = door.send(name, without.toString());
                if (required.contains(field))
                    assertThat(answer.status()).as(name + " " + field).isEqualTo(400);
                else assertThat(answer.status()).as(name + " " + field).isNotEqualTo(400);
            }
        }
    }

    @Test
    void every_length_is_the_one_that_is_enforced() {
        var checked = 0;
        for (var name : new Catalogue().all().keySet())
            for (var field : schema(name).get("properties").properties()) {
                if (!field.getValue().has("maxLength")) continue;
                checked++;
                var max = field.getValue().get("maxLength").intValue();
                var email = field.getKey().equals("email");
                assertThat(withLength(name, field.getKey(), max, email))
                        .as(name + " " + field)
                        .isNotEqualTo(400);
                assertThat(withLength(name, field.getKey(), max + 1, email))
                        .as(name + " " + field)
                        .isEqualTo(400);
                var min = field.getValue().path("minLength").asInt(0);
                if (min > 0)
                    assertThat(withLength(name, field.getKey(), min - 1, false))
                            .as(name + " " + field)
                            .isEqualTo(400);
            }
        assertThat(checked).isGreaterThan(5);
    }

    @Test
    void the_page_renders_it_without_anybody_elses_help() {
        var answer = door.send(Door.get("/docs"));
        assertThat(answer.status()).isEqualTo(200);
        var page = new String(answer.response().getContentAsByteArray(), StandardCharsets.UTF_8);
        assertThat(page).contains("openapi.json").doesNotContain("http://", "https://", "//cdn");
        assertThat(answer.header("Content-Security-Policy")).contains("default-src 'none'");
    }

    static int withLength(String command, String field, int length, boolean email) {
        var body = example(command);
        body.put(field, email ? "x".repeat(length - 4) + "@y.z" : "x".repeat(length));
        return door.send(command, body.toString()).status();
    }

    static JsonNode schema(String command) {
        return document.get("components").get("schemas").get(command);
    }

    static ObjectNode example(String command) {
        return (ObjectNode) schema(command).get("examples").get(0).deepCopy();
    }

    static List<String> texts(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .map(JsonNode::stringValue)
                .toList();
    }

    static void collect(JsonNode node, List<String> references) {
        if (node.has("$ref")) references.add(node.get("$ref").stringValue());
        node.forEach(child -> collect(child, references));
    }
}
