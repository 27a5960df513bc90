package dev.chronodesk.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chronodesk.db.caller.Caller;
import dev.chronodesk.query.fold.Json;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.springframework.core.MethodParameter;
import org.springframework.http.HttpMethod;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.request.MockMvcRequestBuilders;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Asks a controller over Spring's own dispatch, as whoever the test says. */
public final class Http {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final MockMvc mvc;
    private Caller caller = new Caller.Anonymous();

    public Http(Object controller) {
        mvc = MockMvcBuilders.standaloneSetup(controller)
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
                            WebDataBinderFactory binders) {
                        return caller;
                    }
                })
                .build();
    }

    /** An answer; {@code json()} is null when the body is none. */
    public record Reply(int status, String body, Map<String, String> headers) {

        public JsonNode json() {
            return JSON.readTree(body);
        }

        public String header(String name) {
            return headers.get(name);
        }

        public String code() {
            return json().path("code").asString();
        }

        /** Holds that this is an error in the shape of the contract. */
        public void isRefused(int expected, String code) {
            assertThat(status).as(body).isEqualTo(expected);
            assertThat(code()).isEqualTo(code);
            assertThat(json().propertyNames()).containsExactly("code", "message", "details", "hint");
            assertThat(header("Proxy-Status")).isEqualTo("PostgREST; error=" + code);
        }

        /** The texts of that column, in order. */
        public List<String> column(String name) {
            return json().valueStream().map(row -> row.path(name).asString()).toList();
        }
    }

    public Http as(Caller caller) {
        this.caller = caller;
        return this;
    }

    public Reply get(String uri, String... headers) {
        return send("GET", uri, "", headers);
    }

    public Reply send(String method, String uri, String body, String... headers) {
        try {
            // the text as it is: what must be encoded is encoded by the test
            var request = MockMvcRequestBuilders.request(HttpMethod.valueOf(method), URI.create(uri))
                    .content(body.getBytes(StandardCharsets.UTF_8));
            for (var i = 0; i < headers.length; i += 2) request.header(headers[i], headers[i + 1]);
            var response = mvc.perform(request).andReturn().getResponse();
            var got = new LinkedHashMap<String, String>();
            for (var name : response.getHeaderNames()) got.put(name, Objects.requireNonNull(response.getHeader(name)));
            return new Reply(response.getStatus(), response.getContentAsString(StandardCharsets.UTF_8), got);
        } catch (Exception e) {
            throw new AssertionError(method + " " + uri + " threw", e);
        }
    }

    /** JSON as the tests write it, with single quotes. */
    public static String json(String text) {
        return Json.write(JSON.readTree(text.replace('\'', '"')));
    }
}
