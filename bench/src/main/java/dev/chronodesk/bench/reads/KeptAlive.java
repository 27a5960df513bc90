package dev.chronodesk.bench.reads;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * One connection on which the same GET is sent again and again. It does as little as a client can, because it shares
 * two processors with what it measures.
 */
final class KeptAlive implements AutoCloseable {

    private final Socket socket;
    private final InputStream in;
    private final byte[] request;

    KeptAlive(int port, String path, String token) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        in = new BufferedInputStream(socket.getInputStream(), 65_536);
        request = ("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + token + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * Sends it once and reads its answer.
     *
     * @return how many bytes the body has
     * @throws IOException when it is no 200 of a known length
     */
    int get() throws IOException {
        socket.getOutputStream().write(request);
        var status = line();
        var length = -1;
        for (var header = line(); !header.isEmpty(); header = line()) {
            var colon = header.indexOf(':');
            if (header.substring(0, colon).toLowerCase(Locale.ROOT).equals("content-length"))
                length = Integer.parseInt(header.substring(colon + 1).strip());
        }
        if (!status.startsWith("HTTP/1.1 200") || length < 0) throw new IOException(status + ", " + length + " bytes");
        in.skipNBytes(length);
        return length;
    }

    private String line() throws IOException {
        var line = new StringBuilder();
        for (var letter = in.read(); letter != '\n'; letter = in.read()) {
            if (letter < 0) throw new IOException("the connection ended");
            if (letter != '\r') line.append((char) letter);
        }
        return line.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
