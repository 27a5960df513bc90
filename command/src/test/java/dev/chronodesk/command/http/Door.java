package dev.chronodesk.command.http;

import dev.chronodesk.command.Desk;
import dev.chronodesk.command.gateway.Catalogue;
import dev.chronodesk.db.caller.Caller;
import dev.chronodesk.db.port.LiveTables;
import dev.chronodesk.db.port.VisibleHistory;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;
import org.springframework.core.MethodParameter;
import org.springframework.http.MediaType;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.request.MockHttpServletRequestBuilder;
import org.springframework.test.web.servlet.request.MockMvcRequestBuilders;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The door over a desk, with whoever the test says as the caller. */
final class Door {

    static final JsonMapper JSON = JsonMapper.builder().build();

    private final MockMvc mvc;
    Caller caller = new Caller.Anonymous();
    VisibleHistory history;
    LiveTables tables;

    Door(Desk desk) {
        var catalogue = new Catalogue();
        mvc = MockMvcBuilders.standaloneSetup(
                        new CommandController(
                                desk.gateway,
                                catalogue,
                                new JsonCommands(desk.gateway, catalogue, () -> Optional.ofNullable(history)),
                                () -> Optional.ofNullable(tables)),
                        new OpenApiController(catalogue))
                .setCustomArgumentResolvers(new HandlerMethodArgumentResolver() {
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
                        return caller;
                    }
                })
                .build();
    }

    Door as(Caller caller) {
        this.caller = caller;
        return this;
    }

    static MockHttpServletRequestBuilder post(String command, byte[] body) {
        return MockMvcRequestBuilders.post("/commands/{command}", command)
                .contentType(MediaType.APPLICATION_JSON)
                .content(body);
    }

    static MockHttpServletRequestBuilder post(String command, String body) {
        return post(command, body.getBytes(StandardCharsets.UTF_8));
    }

    static MockHttpServletRequestBuilder batch(String body) {
        return MockMvcRequestBuilders.post("/commands")
                .contentType(MediaType.APPLICATION_JSON)
                .content(body.getBytes(StandardCharsets.UTF_8));
    }

    static MockHttpServletRequestBuilder get(String path) {
        return MockMvcRequestBuilders.get(path);
    }

    Answer send(MockHttpServletRequestBuilder request) {
        try {
            return new Answer(mvc.perform(request).andReturn().getResponse());
        } catch (Exception e) {
            throw new AssertionError("the door threw, which is a 5xx", e);
        }
    }

    Answer send(String command, String body) {
        return send(post(command, body));
    }

    record Answer(MockHttpServletResponse response) {

        int status() {
            return response.getStatus();
        }

        String header(String name) {
            return response.getHeader(name);
        }

        JsonNode json() {
            return JSON.readTree(response.getContentAsByteArray());
        }

        String type() {
            return json().path("type").stringValue();
        }

        UUID made(String name) {
            return UUID.fromString(json().path("result").path(name).stringValue());
        }
    }
}
