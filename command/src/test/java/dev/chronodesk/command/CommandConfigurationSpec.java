package dev.chronodesk.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chronodesk.command.door.Commands;
import dev.chronodesk.command.door.Senders;
import dev.chronodesk.command.door.Terms;
import dev.chronodesk.command.http.CommandController;
import dev.chronodesk.command.team.CreateTeam;
import dev.chronodesk.db.Secrets;
import dev.chronodesk.db.TestDatabase;
import dev.chronodesk.db.caller.Caller;
import dev.chronodesk.db.log.EventLog;
import dev.chronodesk.db.port.BeforeAcknowledging;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.axonframework.commandhandling.CommandBus;
import org.axonframework.commandhandling.SimpleCommandBus;
import org.axonframework.serialization.Serializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.MethodParameter;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** The write side as a service starts it, with Spring Boot's auto-configuration around it and a real server. */
class CommandConfigurationSpec {

    static TestDatabase database;

    final AtomicLong told = new AtomicLong();
    ConfigurableApplicationContext context;

    @BeforeEach
    void open() {
        database = TestDatabase.create();
    }

    @AfterEach
    void close() {
        if (context != null) context.close();
        database.close();
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(CommandConfiguration.class)
    static class Service implements WebMvcConfigurer {

        @Bean
        EventLog log() {
            return database.log();
        }

        @Bean
        Secrets secrets() {
            return new Secrets(database.database().write());
        }

        @Override
        public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
            resolvers.add(new HandlerMethodArgumentResolver() {
                @Override
                public boolean supportsParameter(MethodParameter parameter) {
                    return parameter.getParameterType() == Caller.class;
                }

                @Override
                public Object resolveArgument(
                        MethodParameter parameter,
                        ModelAndViewContainer container,
                        NativeWebRequest request,
                        WebDataBinderFactory factory) {
                    return Senders.SYSTEM;
                }
            });
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class SomebodyElsesAxon {

        @Bean
        CommandBus anotherBus() {
            return SimpleCommandBus.builder().build();
        }
    }

    void start(Class<?>... sources) {
        context = new SpringApplicationBuilder(sources)
                .web(WebApplicationType.SERVLET)
                .initializers(applicationContext -> applicationContext
                        .getBeanFactory()
                        .registerSingleton("told", (BeforeAcknowledging) (events, position) -> told.set(position)))
                .properties("server.port=0", "server.address=127.0.0.1", "spring.main.banner-mode=off")
                .run();
    }

    @Test
    void it_stands_and_axon_brings_nothing_of_its_own() {
        start(Service.class);
        var outcome =
                context.getBean(Commands.class).send(new CreateTeam(null, "Second line"), Senders.SYSTEM, Terms.PLAIN);
        assertThat(database.log().head().position()).isEqualTo(outcome.position());
        assertThat(told).hasValue(outcome.position());
        assertThat(context.getBeansOfType(CommandBus.class)).hasSize(1);
        assertThat(context.getBeansOfType(Serializer.class)).isEmpty();
        assertThat(context.getBeanDefinitionNames()).noneMatch(name -> name.startsWith("org.axonframework"));
    }

    @Test
    void it_refuses_to_start_with_a_bean_of_axons_that_is_not_ours() {
        assertThatThrownBy(() -> start(Service.class, SomebodyElsesAxon.class)).hasMessageContaining("anotherBus");
    }

    @Test
    void a_body_without_a_length_is_cut_off_at_its_limit() throws Exception {
        start(Service.class);
        var head = database.log().head();
        assertThat(post(new byte[CommandController.COMMAND_LIMIT + 1]).statusCode())
                .isEqualTo(413);
        assertThat(database.log().head()).isEqualTo(head);
        assertThat(post("{\"name\": \"Third line\"}".getBytes(StandardCharsets.UTF_8))
                        .statusCode())
                .isEqualTo(200);
    }

    HttpResponse<String> post(byte[] body) throws Exception {
        var port = context.getEnvironment().getProperty("local.server.port");
        try (var client = HttpClient.newHttpClient()) {
            return client.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/commands/CreateTeam"))
                            .header("Content-Type", "application/json")
                            // a stream has no length, so it is sent in chunks
                            .POST(HttpRequest.BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body)))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }
}
