package dev.chronodesk.identity.limit;

import jakarta.servlet.http.HttpServletRequest;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;

/** Where a client is in the network. */
public record ClientAddress(InetAddress address) {

    private static final int NETWORK_BYTES = 8;

    private static final Pattern V4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");
    private static final Pattern V4_WITH_PORT = Pattern.compile("(" + V4 + "):\\d{1,5}");
    private static final Pattern V6 = Pattern.compile("[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");
    private static final Pattern V6_IN_BRACKETS = Pattern.compile("\\[(" + V6 + ")](:\\d{1,5})?");
    private static final Pattern ZONE = Pattern.compile("%.*$");

    /** Whoever is at the other end, where {@link TrustedProxies} has looked behind the proxies that are ours. */
    public static ClientAddress of(HttpServletRequest request) {
        return parse(request.getRemoteAddr())
                .orElseThrow(() -> new IllegalStateException("a connection comes from an address"));
    }

    /** An address as numbers, maybe with a port; empty for anything else. No name is ever looked up. */
    static Optional<ClientAddress> parse(String text) {
        var bare = ZONE.matcher(text.strip()).replaceFirst("");
        var v4 = V4_WITH_PORT.matcher(bare);
        if (v4.matches()) bare = v4.group(1);
        var v6 = V6_IN_BRACKETS.matcher(bare);
        if (v6.matches()) bare = v6.group(1);
        if (!V4.matcher(bare).matches() && !V6.matcher(bare).matches()) return Optional.empty();
        try {
            return Optional.of(new ClientAddress(InetAddress.ofLiteral(bare)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** What is counted: who has one IPv6 address has the 2^64 that begin like it. */
    public String network() {
        if (!(address instanceof Inet6Address)) return address.getHostAddress();
        var network = Arrays.copyOf(Arrays.copyOf(address.getAddress(), NETWORK_BYTES), address.getAddress().length);
        try {
            return InetAddress.getByAddress(network).getHostAddress() + "/64";
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address of its right length", e);
        }
    }

    /** As numbers. */
    @Override
    public String toString() {
        return address.getHostAddress();
    }
}
