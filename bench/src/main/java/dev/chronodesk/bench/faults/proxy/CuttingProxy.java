package dev.chronodesk.bench.faults.proxy;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Stands between nodes and PostgreSQL on the loopback interface, reads the messages, and cuts a connection exactly at
 * an append or a commit, as a network would that breaks at the worst moment. It can also be slow.
 */
public final class CuttingProxy implements AutoCloseable {

    private static final int SSL_REQUEST = 80877103;
    private static final int GSS_REQUEST = 80877104;
    private static final int LARGEST = 1 << 30;

    private record Planned(Kind kind, Cut cut, CompletableFuture<Void> done) {}

    private final ServerSocket door;
    private final InetSocketAddress server;
    private final Queue<Planned> plan = new ArrayDeque<>();
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final AtomicInteger opaque = new AtomicInteger();
    private volatile long delayMillis;
    private volatile boolean closed;

    public CuttingProxy(int serverPort) throws IOException {
        server = new InetSocketAddress(InetAddress.getLoopbackAddress(), serverPort);
        door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().name("proxy").start(this::accept);
    }

    public int port() {
        return door.getLocalPort();
    }

    /** The next statement of that kind is cut so; done when it was. */
    public CompletableFuture<Void> cut(Kind kind, Cut cut) {
        var planned = new Planned(kind, cut, new CompletableFuture<>());
        synchronized (plan) {
            plan.add(planned);
        }
        return planned.done();
    }

    /** Takes back what was planned and has not happened. */
    public void forget() {
        synchronized (plan) {
            plan.clear();
        }
    }

    /** How much later every answer to an append or a commit arrives from now on: a slow disk. */
    public void slow(Duration delay) {
        delayMillis = delay.toMillis();
    }

    /** Connections whose messages could not be read, because they were encrypted. */
    public int opaque() {
        return opaque.get();
    }

    private @Nullable Planned planned(Kind kind) {
        synchronized (plan) {
            var next = plan.peek();
            if (next == null || next.kind() != kind) return null;
            return plan.poll();
        }
    }

    private void accept() {
        while (!closed) {
            try {
                var client = door.accept();
                Thread.ofVirtual().start(() -> serve(client));
            } catch (IOException e) {
                if (!closed) throw new IllegalStateException("the proxy cannot accept", e);
            }
        }
    }

    private void serve(Socket client) {
        try (client;
                var upstream = new Socket()) {
            sockets.add(client);
            sockets.add(upstream);
            client.setTcpNoDelay(true);
            upstream.setTcpNoDelay(true);
            upstream.connect(server, 5000);
            new Session(client, upstream).run();
        } catch (IOException e) {
            // one side is gone, and with it the other
        } finally {
            sockets.remove(client);
        }
    }

    @Override
    public void close() throws IOException {
        closed = true;
        door.close();
        for (var socket : sockets) socket.close();
    }

    /** One connection. */
    private final class Session {

        private final Socket client;
        private final Socket upstream;
        private final DataInputStream fromClient;
        private final DataInputStream fromServer;
        private final OutputStream toClient;
        private final OutputStream toServer;
        private final Messages messages = new Messages();

        /** Set while the answer to a statement is awaited that is to be cut after it. */
        private volatile @Nullable Planned awaited;

        /** Whether the next end of an answer is that of an append or a commit. */
        private final AtomicBoolean durable = new AtomicBoolean();

        Session(Socket client, Socket upstream) throws IOException {
            this.client = client;
            this.upstream = upstream;
            fromClient = new DataInputStream(new BufferedInputStream(client.getInputStream()));
            fromServer = new DataInputStream(new BufferedInputStream(upstream.getInputStream()));
            toClient = new BufferedOutputStream(client.getOutputStream());
            toServer = new BufferedOutputStream(upstream.getOutputStream());
        }

        void run() throws IOException {
            if (!begin()) {
                opaque.incrementAndGet();
                Thread.ofVirtual().start(() -> copy(fromServer, toClient));
                copy(fromClient, toServer);
                return;
            }
            Thread.ofVirtual().start(this::answers);
            requests();
        }

        /** The first messages have no type. False when the server goes on encrypted. */
        private boolean begin() throws IOException {
            while (true) {
                var length = fromClient.readInt();
                if (length < 8 || length > 10_000) throw new IOException("no start of a connection");
                var body = fromClient.readNBytes(length - 4);
                toServer.write(ByteBuffer.allocate(4).putInt(length).array());
                toServer.write(body);
                toServer.flush();
                var code = ByteBuffer.wrap(body).getInt();
                if (code != SSL_REQUEST && code != GSS_REQUEST) return true;
                var answer = fromServer.readByte();
                toClient.write(answer);
                toClient.flush();
                if (answer == 'S' || answer == 'G') return false;
            }
        }

        private void requests() throws IOException {
            while (true) {
                var type = fromClient.readByte();
                var length = fromClient.readInt();
                if (length < 4 || length > LARGEST) throw new IOException("no message");
                var body = fromClient.readNBytes(length - 4);
                if (body.length < length - 4) throw new IOException("the client is gone");
                var kind = messages.carriesOut(type, body);
                if (kind != Kind.OTHER) {
                    durable.set(true);
                    var planned = planned(kind);
                    if (planned != null && planned.cut() == Cut.BEFORE) {
                        cut();
                        planned.done().complete(null);
                        return;
                    }
                    if (planned != null) awaited = planned;
                }
                toServer.write(type);
                toServer.write(ByteBuffer.allocate(4).putInt(length).array());
                toServer.write(body);
                if (fromClient.available() == 0) toServer.flush();
            }
        }

        /** What the server says, until an answer is to be swallowed: then nothing more, and the end. */
        private void answers() {
            try {
                while (true) {
                    var type = fromServer.readByte();
                    var length = fromServer.readInt();
                    var body = fromServer.readNBytes(length - 4);
                    if (body.length < length - 4) throw new IOException("the server is gone");
                    var planned = awaited;
                    if (planned != null) {
                        // ready for the next query: what was sent is carried out, and is durable
                        if (type == 'Z') {
                            cut();
                            planned.done().complete(null);
                            return;
                        }
                        continue;
                    }
                    if (type == 'Z' && durable.getAndSet(false) && delayMillis > 0) Thread.sleep(delayMillis);
                    toClient.write(type);
                    toClient.write(ByteBuffer.allocate(4).putInt(length).array());
                    toClient.write(body);
                    if (fromServer.available() == 0) toClient.flush();
                }
            } catch (IOException e) {
                cut();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                cut();
            }
        }

        private void copy(DataInputStream in, OutputStream out) {
            try {
                var buffer = new byte[8192];
                for (var read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                    out.write(buffer, 0, read);
                    out.flush();
                }
            } catch (IOException e) {
                // the end of one side is the end of the other
            }
            cut();
        }

        private void cut() {
            try (client) {
                upstream.close();
            } catch (IOException e) {
                // gone already
            } finally {
                sockets.remove(upstream);
            }
        }
    }
}
