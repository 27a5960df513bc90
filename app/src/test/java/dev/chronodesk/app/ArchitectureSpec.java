package dev.chronodesk.app;

import static com.tngtech.archunit.lang.conditions.ArchConditions.callMethod;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which way dependencies go, and what each part stays free of. */
class ArchitectureSpec {

    /** Each module and what it may know of the others, as the design has it. */
    static final Map<String, List<String>> MAY_KNOW = Map.of(
            "events", List.of(),
            "db", List.of("events"),
            "command", List.of("events", "db"),
            "query", List.of("events", "db"),
            "identity", List.of("events", "db", "command"),
            "app", List.of("events", "db", "command", "query", "identity"));

    /** Where decisions and folds are made: from what they are given, and nothing else. */
    static final String[] DOMAIN = {
        "dev.chronodesk.events..",
        "dev.chronodesk.command.ticket..",
        "dev.chronodesk.command.team..",
        "dev.chronodesk.command.profile..",
        "dev.chronodesk.command.address..",
        "dev.chronodesk.command.schedule..",
        "dev.chronodesk.command.metric..",
        "dev.chronodesk.command.report..",
        "dev.chronodesk.query.ticket..",
        "dev.chronodesk.query.team..",
        "dev.chronodesk.query.profile..",
        "dev.chronodesk.query.schedule..",
        "dev.chronodesk.query.report..",
        "dev.chronodesk.query.statistics..",
    };

    static final JavaClasses OURS = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .withImportOption(location -> !location.contains("-tests.jar"))
            .importPackages("dev.chronodesk");

    @Test
    void every_module_was_looked_at() {
        assertThat(OURS.stream().map(ArchitectureSpec::module).distinct())
                .containsExactlyInAnyOrderElementsOf(MAY_KNOW.keySet());
    }

    @ParameterizedTest
    @ValueSource(strings = {"events", "db", "command", "query", "identity", "app"})
    void a_module_knows_only_what_the_design_allows(String module) {
        var others = Stream.concat(MAY_KNOW.keySet().stream(), Stream.of("bench"))
                .filter(other -> !other.equals(module))
                .filter(other -> !MAY_KNOW.getOrDefault(module, List.of()).contains(other))
                .map(other -> "dev.chronodesk." + other + "..")
                .toArray(String[]::new);
        noClasses()
                .that()
                .resideInAPackage("dev.chronodesk." + module + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(others)
                .check(OURS);
    }

    @Test
    void axon_stays_inside_command() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.chronodesk.command..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.axonframework..")
                .check(OURS);
    }

    @Test
    void the_language_and_the_log_are_free_of_spring() {
        noClasses()
                .that()
                .resideInAnyPackage("dev.chronodesk.events..", "dev.chronodesk.db..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.springframework..")
                .check(OURS);
    }

    @Test
    void the_language_knows_json_and_nothing_else() {
        classes()
                .that()
                .resideInAPackage("dev.chronodesk.events..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "dev.chronodesk.events..",
                        "java..",
                        "tools.jackson..",
                        "com.fasterxml.jackson.annotation..",
                        "org.jspecify.annotations..",
                        "com.google.errorprone.annotations..")
                .check(OURS);
    }

    @Test
    void only_identity_and_app_know_how_people_are_told_apart() {
        noClasses()
                .that()
                .resideInAnyPackage("dev.chronodesk.command..", "dev.chronodesk.query..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.springframework.security..")
                .check(OURS);
    }

    @Test
    void domain_packages_do_no_io_and_do_not_log() {
        noClasses()
                .that()
                .resideInAnyPackage(DOMAIN)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "java.nio.file..",
                        "java.net..",
                        "java.sql..",
                        "javax.sql..",
                        "org.slf4j..",
                        "java.util.logging..",
                        "org.springframework..",
                        "jakarta..")
                .check(OURS);
    }

    @Test
    void domain_packages_have_no_clock_and_no_chance() {
        noClasses()
                .that()
                .resideInAnyPackage(DOMAIN)
                .should(callMethod(Instant.class, "now"))
                .orShould(callMethod(UUID.class, "randomUUID"))
                .orShould(callMethod(System.class, "currentTimeMillis"))
                .orShould(callMethod(System.class, "nanoTime"))
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(Clock.class)
                .check(OURS);
    }

    @Test
    void every_package_is_null_marked() {
        var unmarked = OURS.stream()
                .map(JavaClass::getPackage)
                .distinct()
                .filter(each -> !each.getName().equals("dev.chronodesk"))
                .filter(each -> !each.isAnnotatedWith(NullMarked.class))
                .map(each -> each.getName())
                .toList();
        assertThat(unmarked).isEmpty();
    }

    @Test
    void names_say_what_a_thing_is() {
        var empty = List.of("Service", "Impl", "Util", "Utils", "Helper", "Manager", "Dto", "DTO");
        var named = OURS.stream()
                .filter(each -> !each.isAnonymousClass())
                .map(JavaClass::getSimpleName)
                .filter(name -> empty.stream().anyMatch(name::endsWith))
                .toList();
        assertThat(named).isEmpty();
    }

    @Test
    void messages_are_records() {
        classes()
                .that()
                .implement(dev.chronodesk.events.Event.class)
                .or()
                .implement(dev.chronodesk.command.door.Command.class)
                .should()
                .beRecords()
                .orShould()
                .beInterfaces()
                .check(OURS);
    }

    private static String module(JavaClass each) {
        return each.getPackageName().split("\\.", -1)[2];
    }
}
