package dev.chronodesk.identity.link;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a link may lead in the end: the site itself, and what the settings list. Anything else leads to the site,
 * silently, as the contract has it.
 */
public final class Redirects {

    private static final int MAX = 2_048;

    private final URI site;
    private final List<Pattern> allowed;

    /** @param allowed addresses in which {@code *} stands for anything but . and /, and {@code **} for anything */
    public Redirects(URI site, List<String> allowed) {
        this.site = site;
        this.allowed = allowed.stream().map(Redirects::pattern).toList();
    }

    private static Pattern pattern(String glob) {
        var regex = new StringBuilder();
        for (var i = 0; i < glob.length(); i++) {
            var c = glob.charAt(i);
            if (c != '*') regex.append(Pattern.quote(String.valueOf(c)));
            else if (i + 1 < glob.length() && glob.charAt(i + 1) == '*') {
                regex.append(".*");
                i++;
            } else regex.append("[^./]*");
        }
        return Pattern.compile(regex.toString());
    }

    /** The address asked for when it is allowed, else the site. */
    public URI allowed(@Nullable String asked) {
        if (asked == null || asked.isEmpty() || asked.length() > MAX) return site;
        try {
            var uri = new URI(asked);
            // what browsers read in more than one way is nobody's address
            var plain = uri.isAbsolute()
                    && uri.getRawUserInfo() == null
                    && uri.getRawFragment() == null
                    && asked.chars().noneMatch(c -> c <= ' ' || c == '\\' || c > 126)
                    && !List.of("javascript", "data", "vbscript", "file", "blob")
                            .contains(uri.getScheme().toLowerCase(Locale.ROOT));
            if (!plain) return site;
            if (sameOrigin(uri)) return uri;
            // the rules are about what comes before the query, so that a query cannot play the part of a host
            var query = asked.indexOf('?');
            var judged = query < 0 ? asked : asked.substring(0, query);
            return allowed.stream().anyMatch(pattern -> pattern.matcher(judged).matches()) ? uri : site;
        } catch (URISyntaxException e) {
            return site;
        }
    }

    private boolean sameOrigin(URI uri) {
        return site.getScheme().equalsIgnoreCase(uri.getScheme())
                && Objects.requireNonNullElse(site.getHost(), "").equalsIgnoreCase(uri.getHost())
                && site.getPort() == uri.getPort();
    }
}
