package dev.chronodesk.identity;

import java.net.URI;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * {@code chronodesk.external-url}.
 *
 * @param externalUrl where clients reach the service, with scheme and host, without a slash at the end; never taken
 *     from a request, because a request can lie about it
 */
@ConfigurationProperties("chronodesk")
public record ExternalSettings(@DefaultValue("http://localhost:8080") URI externalUrl) {

    public ExternalSettings {
        var scheme = externalUrl.getScheme();
        if ((!"http".equals(scheme) && !"https".equals(scheme))
                || externalUrl.getHost() == null
                || externalUrl.getRawQuery() != null
                || externalUrl.getRawFragment() != null
                || externalUrl.getRawUserInfo() != null
                || externalUrl.toString().endsWith("/"))
            throw new IllegalArgumentException(
                    "chronodesk.external-url: http:// or https://, a host, no slash at the end,"
                            + " nothing after ? or #");
    }

    /** Who issues our tokens: what stands in their claim {@code iss}. */
    public String issuer() {
        return externalUrl + "/auth/v1";
    }
}
