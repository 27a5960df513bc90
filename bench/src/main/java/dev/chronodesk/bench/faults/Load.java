package dev.chronodesk.bench.faults;

import dev.chronodesk.bench.faults.journal.Journal;
import dev.chronodesk.bench.faults.journal.Outcome;
import dev.chronodesk.bench.faults.journal.Outcome.Acknowledged;
import dev.chronodesk.bench.faults.journal.Outcome.Refused;
import dev.chronodesk.bench.faults.nodes.Node;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Senders over HTTP to whichever node serves. What is not known is sent again with the same key, if need be to another
 * node, until it is known or the senders are stopped; then {@link #finish} finds out the rest.
 */
final class Load implements AutoCloseable {

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .build();

    private static final Duration LONGEST_ANSWER = Duration.ofSeconds(15);
    private static final List<String> STATUSES = List.of("open", "pending", "on_hold", "solved");
    private static final List<String> PRIORITIES = List.of("low", "normal", "high", "urgent");

    private record Sent(Person sender, String key, String command, String body) {}

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2))
            .build();
    private final Journal journal;
    private final List<Person> customers;
    private final List<Person> agents;
    private final Supplier<List<Node>> nodes;
    private final long seed;
    private final String hot;
    private final Queue<Sent> open = new ConcurrentLinkedQueue<>();
    private final Map<UUID, List<String>> tickets = new HashMap<>();
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicLong keys = new AtomicLong();
    private final AtomicLong acknowledged = new AtomicLong();
    private volatile boolean running;

    /** @param nodes as they are at each moment */
    Load(Journal journal, List<Person> customers, List<Person> agents, Supplier<List<Node>> nodes, long seed)
            throws InterruptedException {
        this.journal = journal;
        this.customers = customers;
        this.agents = agents;
        this.nodes = nodes;
        this.seed = seed;
        for (var customer : customers) tickets.put(customer.id(), new CopyOnWriteArrayList<>());
        this.hot = UUID.randomUUID().toString();
        if (!(sendUntilKnown(create(customers.getFirst(), hot), new Random(seed), true) instanceof Acknowledged))
            throw new IllegalStateException("the first ticket cannot be opened");
    }

    long acknowledged() {
        return acknowledged.get();
    }

    void start(int senders) {
        running = true;
        var random = new Random(seed);
        for (var i = 0; i < senders; i++) {
            var own = new Random(random.nextLong());
            threads.add(Thread.ofVirtual().start(() -> sendOn(own)));
        }
    }

    /** Lets everybody stop after what they are waiting for. */
    void stop() throws InterruptedException {
        running = false;
        for (var thread : threads) thread.join();
        threads.clear();
    }

    /** Finds out what is not known yet; everything serves again. */
    void finish() throws InterruptedException {
        var random = new Random(seed);
        for (var sent = open.poll(); sent != null; sent = open.poll()) sendUntilKnown(sent, random, true);
    }

    private void sendOn(Random random) {
        try {
            while (running) {
                step(random);
                Thread.sleep(random.nextInt(12));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void step(Random random) throws InterruptedException {
        var customer = customers.get(random.nextInt(customers.size()));
        var agent = agents.get(random.nextInt(agents.size()));
        var own = tickets.getOrDefault(customer.id(), List.of());
        var kind = random.nextInt(20);
        if (own.isEmpty() || kind < 6) {
            var ticket = UUID.randomUUID().toString();
            var sent = create(customer, ticket);
            if (random.nextInt(4) == 0) twice(sent, random);
            else if (sendUntilKnown(sent, random, false) instanceof Acknowledged) remember(customer, ticket);
            return;
        }
        // one in three goes to the ticket that everybody writes on
        var ticket = random.nextInt(3) == 0 ? hot : own.get(random.nextInt(own.size()));
        var mine = !ticket.equals(hot) || customer.equals(customers.getFirst());
        var sent =
                switch (kind) {
                    case 6, 7, 8, 9, 10, 11 -> comment(mine ? customer : agent, ticket, "public");
                    case 12, 13 -> comment(agent, ticket, "internal");
                    case 14, 15, 16, 17 ->
                        command(
                                agent,
                                "ChangeStatus",
                                Map.of("ticketId", ticket, "status", STATUSES.get(random.nextInt(STATUSES.size()))));
                    default ->
                        command(
                                agent,
                                "ChangePriority",
                                Map.of(
                                        "ticketId",
                                        ticket,
                                        "priority",
                                        PRIORITIES.get(random.nextInt(PRIORITIES.size()))));
                };
        sendUntilKnown(sent, random, false);
    }

    private void remember(Person customer, String ticket) {
        var own = tickets.getOrDefault(customer.id(), new ArrayList<>());
        own.add(ticket);
        if (own.size() > 50) own.removeFirst();
    }

    /** The same key from two hands at once. */
    private void twice(Sent sent, Random random) throws InterruptedException {
        var second = new Random(random.nextLong());
        var thread = Thread.ofVirtual().start(() -> {
            try {
                sendUntilKnown(sent, second, false);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        sendUntilKnown(sent, random, false);
        thread.join();
    }

    private Sent create(Person customer, String ticket) {
        return command(
                customer,
                "CreateTicket",
                Map.of(
                        "ticketId",
                        ticket,
                        "subject",
                        "Printer on fire",
                        "description",
                        "It really is.",
                        "tags",
                        List.of("b", "a")));
    }

    private Sent comment(Person author, String ticket, String visibility) {
        return command(
                author,
                "AddComment",
                Map.of(
                        "ticketId",
                        ticket,
                        "commentId",
                        UUID.randomUUID().toString(),
                        "body",
                        "Did you try water?",
                        "visibility",
                        visibility));
    }

    private Sent command(Person sender, String name, Map<String, ?> fields) {
        return new Sent(sender, "k" + keys.incrementAndGet(), name, JSON.writeValueAsString(fields));
    }

    /** Opens a ticket and returns the position that was acknowledged. */
    long probe(Random random) throws InterruptedException {
        var sent = create(customers.getLast(), UUID.randomUUID().toString());
        return sendUntilKnown(sent, random, true) instanceof Acknowledged it ? it.position() : 0;
    }

    /**
     * Sends until the outcome is known. What the senders leave behind when they are stopped is kept for the end.
     *
     * @param stubborn whether to go on although the senders are stopped
     */
    private Outcome sendUntilKnown(Sent sent, Random random, boolean stubborn) throws InterruptedException {
        var wasOpen = false;
        while (true) {
            var outcome = send(sent, random);
            var known =
                    switch (outcome) {
                        case Acknowledged unused -> true;
                        // while an earlier sending is on its way, only others being first says nothing
                        case Refused it -> !wasOpen || !it.code().equals("conflicting-writers");
                        case Outcome.Unknown unused -> false;
                        case Outcome.Broken unused -> false;
                    };
            if (known) {
                if (outcome instanceof Acknowledged) acknowledged.incrementAndGet();
                // refused, but an earlier sending may still be on its way: asked again when all is quiet
                else if (wasOpen && !stubborn) open.add(sent);
                return outcome;
            }
            wasOpen = true;
            if (!running && !stubborn) {
                open.add(sent);
                return outcome;
            }
            Thread.sleep(50 + random.nextInt(100));
        }
    }

    private Outcome send(Sent sent, Random random) throws InterruptedException {
        var serving = nodes.get().stream().filter(Node::isServing).toList();
        if (serving.isEmpty()) return new Outcome.Unknown("no node serves");
        var node = serving.get(random.nextInt(serving.size()));
        var intent = journal.intend(
                sent.sender().id(), sent.key(), sent.command(), hash(sent.body()), "port " + node.port());
        var outcome = outcome(sent, node);
        journal.note(intent, outcome);
        return outcome;
    }

    private Outcome outcome(Sent sent, Node node) throws InterruptedException {
        var request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + node.port() + "/commands/" + sent.command()))
                .timeout(LONGEST_ANSWER)
                .header("Authorization", "Bearer " + sent.sender().token())
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", sent.key())
                .POST(BodyPublishers.ofString(sent.body()))
                .build();
        try {
            return outcome(http.send(request, BodyHandlers.ofString()));
        } catch (IOException e) {
            return new Outcome.Unknown(e.getClass().getSimpleName() + ": " + e.getMessage());
        }
    }

    private static Outcome outcome(HttpResponse<String> answer) {
        var status = answer.statusCode();
        if (status == 429 || status == 503) return new Outcome.Unknown(status + " " + answer.body());
        if (status >= 500) return new Outcome.Broken(status + " " + answer.body());
        try {
            var body = JSON.readTree(answer.body());
            if (status != 200)
                return new Refused(
                        status, body.path("code").asString(body.path("type").asString("")));
            var versions = new HashMap<String, Integer>();
            for (var stream : body.get("streams"))
                versions.put(stream.get("id").asString(), stream.get("version").asInt());
            return new Acknowledged(
                    body.get("position").asLong(),
                    versions,
                    body.path("unchanged").asBoolean(false),
                    JSON.writeValueAsString(JSON.treeToValue(body.get("result"), Object.class)));
        } catch (JacksonException e) {
            return new Outcome.Broken(status + " with a body that is no JSON");
        }
    }

    /** A read that includes a position; null when it cannot be had now. */
    @Nullable
    String read(Node node, Person reader, String path, long position) throws InterruptedException {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.port() + path))
                .timeout(Duration.ofSeconds(40))
                .header("Authorization", "Bearer " + reader.token())
                .header("Chronodesk-Min-Position", Long.toString(position))
                .header("Prefer", "wait=2")
                .GET()
                .build();
        try {
            var answer = http.send(request, BodyHandlers.ofString());
            return answer.statusCode() == 200 || answer.statusCode() == 206 ? answer.body() : null;
        } catch (IOException e) {
            return null;
        }
    }

    private static String hash(String body) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(body.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    @Override
    public void close() {
        running = false;
        http.shutdownNow();
    }
}
