package dev.chronodesk.bench.faults.journal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The sender's memory, one JSON object a line. An intent is on disk before its command is sent; intents that come
 * together share one flush. An outcome is on disk with the next flush: without it the command counts as unknown, which
 * is never wrong.
 */
public final class Journal implements AutoCloseable {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    @SuppressWarnings("ArrayRecordComponent") // bytes on their way
    private record Line(byte[] bytes, @Nullable CompletableFuture<Void> flushed) {}

    private final FileChannel file;
    private final LinkedBlockingQueue<Line> queue = new LinkedBlockingQueue<>();
    private final AtomicLong sends = new AtomicLong();
    private final Thread thread;
    private volatile boolean closing;

    public Journal(Path path) throws IOException {
        file = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        thread = Thread.ofPlatform().name("journal").daemon().unstarted(this::run);
        thread.start();
    }

    /** Returns when the intent is on disk; only then may the command be sent. */
    public Intent intend(UUID sender, String key, String command, String bodyHash, String target) {
        var intent = new Intent(sends.incrementAndGet(), sender, key, command, bodyHash, target);
        var line = new LinkedHashMap<String, Object>();
        line.put("send", intent.send());
        line.put("sender", sender);
        line.put("key", key);
        line.put("command", command);
        line.put("bodyHash", bodyHash);
        line.put("target", target);
        var flushed = new CompletableFuture<Void>();
        add(line, flushed);
        try {
            flushed.join();
        } catch (CompletionException e) {
            throw new IllegalStateException("the journal cannot be written", e.getCause());
        }
        return intent;
    }

    /** Notes what came of it. */
    public void note(Intent intent, Outcome outcome) {
        var line = new LinkedHashMap<String, Object>();
        line.put("of", intent.send());
        switch (outcome) {
            case Outcome.Acknowledged it -> {
                line.put("position", it.position());
                line.put("versions", it.versions());
                line.put("unchanged", it.unchanged());
                line.put("result", it.result());
            }
            case Outcome.Refused it -> {
                line.put("status", it.status());
                line.put("code", it.code());
            }
            case Outcome.Unknown it -> line.put("unknown", it.why());
            case Outcome.Broken it -> line.put("broken", it.what());
        }
        add(line, null);
    }

    private void add(Map<String, Object> line, @Nullable CompletableFuture<Void> flushed) {
        if (closing) throw new IllegalStateException("the journal is closed");
        queue.add(new Line((JSON.writeValueAsString(line) + "\n").getBytes(StandardCharsets.UTF_8), flushed));
    }

    private void run() {
        var lines = new ArrayList<Line>();
        while (!closing || !queue.isEmpty()) {
            lines.clear();
            try {
                var first = queue.poll(50, TimeUnit.MILLISECONDS);
                if (first == null) continue;
                lines.add(first);
                queue.drainTo(lines);
                write(lines);
                for (var line : lines)
                    if (line.flushed() != null) line.flushed().complete(null);
            } catch (IOException e) {
                for (var line : lines)
                    if (line.flushed() != null) line.flushed().completeExceptionally(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private void write(List<Line> lines) throws IOException {
        var size = lines.stream().mapToInt(line -> line.bytes().length).sum();
        var buffer = ByteBuffer.allocate(size);
        for (var line : lines) buffer.put(line.bytes());
        buffer.flip();
        while (buffer.hasRemaining()) file.write(buffer);
        file.force(false);
    }

    @Override
    public void close() {
        closing = true;
        try {
            thread.join();
            file.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Everything in a journal, in the order of sending. A last line that was cut off is none. */
    public static List<Sending> read(Path path) throws IOException {
        var intents = new LinkedHashMap<Long, Intent>();
        var outcomes = new LinkedHashMap<Long, Outcome>();
        var text = Files.readString(path);
        var lines = text.split("\n", -1);
        for (var i = 0; i < lines.length; i++) {
            if (lines[i].isEmpty()) continue;
            var cutOff = i == lines.length - 1;
            try {
                var line = JSON.readTree(lines[i]);
                if (line.has("of")) outcomes.put(line.get("of").asLong(), outcome(line));
                else intents.put(line.get("send").asLong(), intent(line));
            } catch (JacksonException e) {
                if (!cutOff) throw e;
            }
        }
        return intents.values().stream()
                .map(intent -> new Sending(
                        intent, outcomes.getOrDefault(intent.send(), new Outcome.Unknown("the journal ends before"))))
                .toList();
    }

    private static Intent intent(JsonNode line) {
        return new Intent(
                line.get("send").asLong(),
                UUID.fromString(line.get("sender").asString()),
                line.get("key").asString(),
                line.get("command").asString(),
                line.get("bodyHash").asString(),
                line.get("target").asString());
    }

    private static Outcome outcome(JsonNode line) {
        if (line.has("unknown")) return new Outcome.Unknown(line.get("unknown").asString());
        if (line.has("broken")) return new Outcome.Broken(line.get("broken").asString());
        if (line.has("status"))
            return new Outcome.Refused(
                    line.get("status").asInt(), line.get("code").asString());
        var versions = new LinkedHashMap<String, Integer>();
        for (var version : line.get("versions").properties())
            versions.put(version.getKey(), version.getValue().asInt());
        return new Outcome.Acknowledged(
                line.get("position").asLong(),
                versions,
                line.get("unchanged").asBoolean(),
                line.get("result").asString());
    }
}
