package dev.chronodesk.identity;

import dev.chronodesk.command.CommandConfiguration;
import dev.chronodesk.command.door.Commands;
import dev.chronodesk.db.Database;
import dev.chronodesk.db.Secrets;
import dev.chronodesk.db.TestDatabase;
import dev.chronodesk.db.caller.Caller;
import dev.chronodesk.db.keys.PersonKeys;
import dev.chronodesk.db.log.EventLog;
import dev.chronodesk.events.codec.EventCodec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.http.MediaType;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Commands and identity, started with a real server on a real database. */
public final class Desk implements AutoCloseable {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final TestDatabase database;
    private final boolean ours;
    private final ConfigurableApplicationContext context;
    private final HttpClient http = HttpClient.newHttpClient();
    private final int port;
    private final Path mail;

    private Desk(TestDatabase database, boolean ours, Map<String, Object> settings) {
        this.database = database;
        this.ours = ours;
        mail = directory();
        context = new SpringApplicationBuilder(Assembly.class)
                .web(WebApplicationType.SERVLET)
                .properties(Map.of(
                        "server.port", "0",
                        "server.address", "127.0.0.1",
                        "chronodesk.mail.directory", mail.toString(),
                        "spring.main.banner-mode", "off",
                        "spring.jmx.enabled", "false"))
                .properties(Limits.raised())
                .properties(settings)
                .initializers(starting -> beans((GenericApplicationContext) starting, database))
                .run();
        port = ((ServletWebServerApplicationContext) context).getWebServer().getPort();
    }

    private static void beans(GenericApplicationContext context, TestDatabase database) {
        context.registerBean(Database.class, database::database, definition -> definition.setDestroyMethodName(""));
        context.registerBean(EventLog.class, database::log, definition -> definition.setDestroyMethodName(""));
        context.registerBean(EventCodec.class, database::codec);
        context.registerBean(PersonKeys.class, database::keys, definition -> definition.setDestroyMethodName(""));
        context.registerBean(
                Secrets.class, () -> new Secrets(database.database().write()));
    }

    /** On a database of its own. */
    public static Desk open() {
        // a loaded machine hashes slowly, and these tests are not about waiting
        return new Desk(TestDatabase.create(), true, Map.of("chronodesk.identity.hashing-patience", "1m"));
    }

    /** On a database that outlives it. */
    public static Desk on(TestDatabase database, Map<String, Object> settings) {
        return new Desk(database, false, settings);
    }

    @Override
    public void close() {
        http.close();
        context.close();
        if (ours) database.close();
    }

    private static Path directory() {
        try {
            return Files.createTempDirectory("chronodesk-mail");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where mails are put while no server is set. */
    public Path mail() {
        return mail;
    }

    public TestDatabase database() {
        return database;
    }

    public <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    public Commands commands() {
        return bean(Commands.class);
    }

    /** An answer with its body as JSON where it is some. */
    public record Answer(int status, HttpResponse<String> raw) {

        public JsonNode json() {
            return JSON.readTree(raw.body());
        }

        public String header(String name) {
            return raw.headers().firstValue(name).orElse("");
        }
    }

    public Answer get(String path, String... headers) {
        return send(path, request -> request.GET().headers(withOne(headers)));
    }

    public Answer post(String path, String body, String... headers) {
        return send(path, request -> request.POST(HttpRequest.BodyPublishers.ofString(body, StandardCharsets.UTF_8))
                .headers(withOne(headers)));
    }

    public Answer post(String path, byte[] body, String... headers) {
        return send(path, request -> request.POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .headers(withOne(headers)));
    }

    /** The client has no word for no headers. */
    private static String[] withOne(String... headers) {
        if (headers.length > 0) return headers;
        return new String[] {"Accept", "*/*"};
    }

    public Answer send(String path, Consumer<HttpRequest.Builder> request) {
        var builder = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
        request.accept(builder);
        try {
            var answer = http.send(builder.build(), BodyHandlers.ofString(StandardCharsets.UTF_8));
            return new Answer(answer.statusCode(), answer);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** What a client that follows no rule gets: the whole answer to a request of these lines, in ISO 8859-1. */
    public String raw(String... lines) throws IOException {
        var request = String.join("\r\n", lines) + "\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            socket.getOutputStream().flush();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** What the service offers here, and a controller that says whom it was given. */
    @SpringBootConfiguration
    @EnableAutoConfiguration(excludeName = "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration")
    @Import({CommandConfiguration.class, IdentityConfiguration.class})
    static class Assembly {

        @Bean
        WebMvcConfigurer callers() {
            return new WebMvcConfigurer() {
                @Override
                public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
                    resolvers.add(new dev.chronodesk.identity.door.CallerArgumentResolver());
                }
            };
        }

        @Bean
        Who who() {
            return new Who();
        }
    }

    /** Says who asks. */
    @RestController
    static final class Who {

        @GetMapping(
                value = {"/audit/who", "/rest/v1/who", "/storage/v1/who"},
                produces = MediaType.TEXT_PLAIN_VALUE)
        String who(Caller caller) {
            return said(caller);
        }

        /** Answered by another thread after an asynchronous dispatch. */
        @GetMapping(value = "/feed/who", produces = MediaType.TEXT_PLAIN_VALUE)
        Callable<String> later(Caller caller) {
            return () ->
                    said(caller) + " " + (SecurityContextHolder.getContext().getAuthentication() != null);
        }

        private static String said(Caller caller) {
            return switch (caller) {
                case Caller.Anonymous _ -> "nobody";
                case Caller.Known known -> known.role() + " " + known.id();
            };
        }
    }
}
