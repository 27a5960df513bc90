package dev.chronodesk.bench.faults;

import dev.chronodesk.bench.faults.checker.Finding;
import dev.chronodesk.bench.faults.checker.LogChecker;
import dev.chronodesk.bench.faults.checker.Rule;
import dev.chronodesk.bench.faults.checker.TableChecker;
import dev.chronodesk.bench.faults.journal.Journal;
import dev.chronodesk.bench.faults.nodes.Node;
import dev.chronodesk.bench.faults.nodes.PostgresProcess;
import dev.chronodesk.bench.faults.nodes.Program;
import dev.chronodesk.bench.faults.proxy.CuttingProxy;
import dev.chronodesk.db.keys.KeySettings;
import dev.chronodesk.db.keys.PersonKeys;
import dev.chronodesk.db.log.PostgresEventLog;
import dev.chronodesk.events.codec.EventCodec;
import dev.chronodesk.events.profile.Role;
import dev.chronodesk.query.ReadTables;
import dev.chronodesk.query.fold.ReadModel;
import dev.chronodesk.query.fold.Rebuild;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Nodes of the service on one PostgreSQL, people, their load, and the check of everything afterwards. */
final class Fleet implements AutoCloseable {

    private static final int CUSTOMERS = 3;
    private static final int AGENTS = 2;
    private static final Duration RECOVERY = Duration.ofSeconds(90);

    private final Path directory;
    private final Program program;
    private final PostgresProcess postgres;
    private final CuttingProxy proxy;
    private final boolean throughProxy;
    private final List<Node> nodes = new CopyOnWriteArrayList<>();
    private final Path journalFile;
    private final Journal journal;
    private final Random random;
    private final List<Person> customers = new ArrayList<>();
    private final List<Person> agents = new ArrayList<>();
    private final PersonKeys keys;
    private final PostgresEventLog log;
    private final ReadModel model;
    private final TableRows tables;
    private final Sights sights = new Sights();
    private final Load load;
    private int started;

    /**
     * Starts everything.
     *
     * @param home of the server's data
     * @param throughProxy whether nodes reach PostgreSQL through the proxy
     * @param quick whether starts of nodes are prepared, which pays from about ten of them on
     */
    Fleet(
            Path directory,
            Path home,
            Path jar,
            @Nullable Path binaries,
            int count,
            boolean throughProxy,
            boolean quick,
            long seed)
            throws Exception {
        Quiet.please();
        this.directory = directory;
        this.throughProxy = throughProxy;
        this.random = new Random(seed);
        postgres = new PostgresProcess(home, binaries);
        proxy = new CuttingProxy(postgres.port());
        program = new Program(jar, directory);
        if (quick) program.train(postgres);
        nodes.add(launch(null).awaitServing());
        for (var i = 1; i < count; i++) nodes.add(launch(null));
        for (var node : nodes) node.awaitServing();
        people();
        journalFile = directory.resolve("journal.jsonl");
        journal = new Journal(journalFile);
        load = new Load(journal, customers, agents, () -> nodes, seed);
        // as the nodes have them, who all run in this directory
        keys = PersonKeys.open(
                postgres.database().keys(), new KeySettings(null, directory.resolve(".chronodesk/keys")));
        var codec = new EventCodec(keys);
        log = new PostgresEventLog(postgres.database().write(), codec);
        model = ReadTables.model(codec);
        tables = new TableRows(model, log);
    }

    private void people() throws IOException, InterruptedException {
        var people = new People(nodes.getFirst().port());
        var admin = people.signIn("Admin", Node.ADMIN);
        for (var i = 1; i <= CUSTOMERS; i++) customers.add(people.customer("Customer " + i));
        for (var i = 1; i <= AGENTS; i++) agents.add(people.agent("Agent " + i, admin));
    }

    Node launch(@Nullable String faultPoint) throws IOException {
        return Node.start(
                program, "node-" + ++started, postgres, throughProxy ? proxy.port() : postgres.port(), faultPoint);
    }

    PostgresProcess postgres() {
        return postgres;
    }

    CuttingProxy proxy() {
        return proxy;
    }

    Load load() {
        return load;
    }

    Random random() {
        return random;
    }

    List<Node> nodes() {
        return nodes;
    }

    void replace(Node old, Node fresh) {
        nodes.set(nodes.indexOf(old), fresh);
    }

    /**
     * How long after that moment a command is acknowledged and read by its sender through a node that serves.
     *
     * @throws IOException when that takes too long
     */
    Duration recovered(long nanos) throws IOException, InterruptedException {
        var position = 0L;
        while (System.nanoTime() - nanos < RECOVERY.toNanos()) {
            if (position == 0) position = load.probe(random);
            if (position > 0) {
                for (var node : nodes) {
                    if (node.isServing()
                            && load.read(node, customers.getLast(), "/rest/v1/tickets?select=id&limit=1", position)
                                    != null) return Duration.ofNanos(System.nanoTime() - nanos);
                }
            }
            Thread.sleep(20);
        }
        throw new IOException("no command is acknowledged and read " + RECOVERY + " after the fault");
    }

    /** Stops the load, finds out every outcome, and looks at everything. */
    List<Finding> check(Tally tally) throws Exception {
        load.stop();
        load.finish();
        var findings = new ArrayList<Finding>();
        try (var connection = postgres.connect()) {
            var sent = Journal.read(journalFile);
            tally.count(sent);
            var events = LogRows.events(connection, 0);
            var senders = sent.stream()
                    .map(sending -> sending.intent().sender())
                    .distinct()
                    .toList();
            findings.addAll(LogChecker.check(sent, events, LogRows.receipts(connection, senders)));
            var head = LogRows.head(connection);
            var node = nodes.stream()
                    .filter(Node::isServing)
                    .findFirst()
                    .orElseThrow(() -> new IOException("no node serves"));
            awaitTables(node, head);
            var stored = tables.stored(connection);
            findings.addAll(TableChecker.check(stored, tables.folded()));
            sights.learn(log);
            findings.addAll(TableChecker.check(
                    sights.of(customers, load, node, postgres.database().read())));
            new Rebuild(postgres.database().fold(), log, model, 1000).run((at, of) -> {});
            findings.addAll(TableChecker.rebuilt(head, stored, LogRows.head(connection), tables.stored(connection)));
        }
        tally.found(findings);
        Files.writeString(
                directory.resolve("findings.txt"),
                String.join("\n", findings.stream().map(Finding::toString).toList()));
        return findings;
    }

    private void awaitTables(Node node, long head) throws IOException, InterruptedException {
        for (var i = 0; i < 30; i++)
            if (load.read(node, customers.getFirst(), "/rest/v1/tickets?select=id&limit=1", head) != null) return;
        throw new IOException("the read tables do not reach position " + head + " (" + Rule.TABLES_EQUAL_FOLD + ")");
    }

    @Override
    public void close() throws IOException {
        load.close();
        for (var node : nodes) node.close();
        journal.close();
        log.close();
        keys.close();
        proxy.close();
        postgres.close();
    }

    /** Signs people up and in. */
    private record People(int port) {

        private static final HttpClient HTTP = HttpClient.newHttpClient();
        private static final JsonMapper JSON = JsonMapper.shared();

        Person customer(String name) throws IOException, InterruptedException {
            var email = UUID.randomUUID() + "@example.org";
            post(
                    "/auth/v1/signup",
                    null,
                    Map.of("email", email, "password", Node.PASSWORD, "data", Map.of("display_name", name)));
            return signIn(name, email);
        }

        Person agent(String name, Person admin) throws IOException, InterruptedException {
            var person = customer(name);
            post("/commands/AssignRole", admin, Map.of("profileId", person.id().toString(), "role", "agent"));
            return new Person(name, person.id(), Role.AGENT, person.token());
        }

        Person signIn(String name, String email) throws IOException, InterruptedException {
            var session =
                    post("/auth/v1/token?grant_type=password", null, Map.of("email", email, "password", Node.PASSWORD));
            return new Person(
                    name,
                    UUID.fromString(session.get("user").get("id").asString()),
                    Role.CUSTOMER,
                    session.get("access_token").asString());
        }

        private JsonNode post(String path, @Nullable Person sender, Map<String, ?> body)
                throws IOException, InterruptedException {
            var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                    .timeout(Duration.ofSeconds(60))
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body)));
            if (sender != null) request.header("Authorization", "Bearer " + sender.token());
            var answer = HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() != 200)
                throw new IOException(path + " answers " + answer.statusCode() + " " + answer.body());
            return JSON.readTree(answer.body());
        }
    }
}
