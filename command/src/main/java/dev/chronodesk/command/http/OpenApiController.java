package dev.chronodesk.command.http;

import dev.chronodesk.command.gateway.Catalogue;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Objects;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Shows the published description, to programs and to people. Nothing in it is secret. */
@RestController
public final class OpenApiController {

    private static final MediaType HTML = MediaType.valueOf("text/html;charset=utf-8");

    private final byte[] document;
    private final byte[] page;

    public OpenApiController(Catalogue catalogue) {
        document = Json.MAPPER.writeValueAsBytes(OpenApi.document(catalogue));
        try (var in = Objects.requireNonNull(
                OpenApiController.class.getResourceAsStream("/dev/chronodesk/command/docs.html"), "docs.html")) {
            page = in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @GetMapping("/openapi.json")
    public ResponseEntity<byte[]> document() {
        return ResponseEntity.ok()
                .contentType(MediaType.APPLICATION_JSON)
                .cacheControl(CacheControl.noCache())
                .body(document);
    }

    /** One page of our own; it loads nothing but the document beside it. */
    @GetMapping("/docs")
    public ResponseEntity<byte[]> page() {
        return ResponseEntity.ok()
                .contentType(HTML)
                .cacheControl(CacheControl.noCache())
                .header(
                        "Content-Security-Policy",
                        "default-src 'none'; connect-src 'self'; style-src 'unsafe-inline'; script-src 'unsafe-inline'")
                .body(page);
    }
}
