package dev.chronodesk.identity.limit;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;
import org.springframework.security.util.matcher.InetAddressMatcher;
import org.springframework.security.util.matcher.InetAddressMatchers;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Proxies that are ours say in {@code X-Forwarded-For} from whom a request came; behind this filter that is the
 * request's remote address. Everybody else may write what they like into that header: nobody reads it.
 *
 * <p>Tomcat's own valve for this would ask the name service for what stands there, and would give on what is no
 * address.
 */
public final class TrustedProxies extends OncePerRequestFilter {

    private static final String HEADER = "X-Forwarded-For";
    private static final Pattern NETWORK = Pattern.compile("[0-9A-Fa-f.:]+(/\\d{1,3})?");

    private final List<InetAddressMatcher> proxies;

    /**
     * @param networks such as 10.0.0.0/8, fd00::/8 or a single address
     * @throws IllegalArgumentException naming the setting, for anything else
     */
    public TrustedProxies(List<String> networks) {
        proxies = networks.stream().map(TrustedProxies::matcher).toList();
    }

    private static InetAddressMatcher matcher(String network) {
        var rule = "chronodesk.identity.trusted-proxies: addresses or networks such as 10.0.0.0/8, not " + network;
        if (!NETWORK.matcher(network.strip()).matches()) throw new IllegalArgumentException(rule);
        try {
            return InetAddressMatchers.fromIpAddress(network.strip());
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(rule, e);
        }
    }

    /** Whether nobody is trusted, so that there is nothing to do. */
    public boolean none() {
        return proxies.isEmpty();
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        var client = client(ClientAddress.of(request), Collections.list(request.getHeaders(HEADER)));
        chain.doFilter(
                new HttpServletRequestWrapper(request) {
                    @Override
                    public String getRemoteAddr() {
                        return client.toString();
                    }
                },
                response);
    }

    /** Each proxy writes down at the end from whom it has the request, so we go back as long as we trust the writer. */
    ClientAddress client(ClientAddress peer, List<String> forwardedFor) {
        var hops = new ArrayList<String>();
        for (var header : forwardedFor) Collections.addAll(hops, header.split(",", -1));
        var client = peer;
        for (var hop : hops.reversed()) {
            if (!trusted(client)) return client;
            var before = ClientAddress.parse(hop);
            if (before.isEmpty()) return client;
            client = before.get();
        }
        return client;
    }

    private boolean trusted(ClientAddress client) {
        return proxies.stream().anyMatch(proxy -> proxy.matches(client.address()));
    }
}
