package dev.chronodesk.identity.door;

import dev.chronodesk.identity.session.Sessions;
import dev.chronodesk.identity.token.AccessTokens;
import java.time.Duration;
import java.util.List;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.annotation.web.configurers.HeadersConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.intercept.AuthorizationFilter;
import org.springframework.security.web.firewall.HttpFirewall;
import org.springframework.security.web.firewall.RequestRejectedHandler;
import org.springframework.security.web.firewall.StrictHttpFirewall;
import org.springframework.security.web.header.writers.ReferrerPolicyHeaderWriter.ReferrerPolicy;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.CorsConfigurationSource;
import org.springframework.web.cors.UrlBasedCorsConfigurationSource;

/**
 * What Spring Security does for us: the chain with our filter in it, its firewall, and what browsers may send and read.
 */
public final class Door {

    private static final List<String> HEADERS_IN = List.of(
            "authorization",
            "x-client-info",
            "apikey",
            "content-type",
            "x-retry-count",
            "traceparent",
            "tracestate",
            "baggage",
            "accept-profile",
            "content-profile",
            "prefer",
            "range",
            "range-unit",
            "x-upsert",
            "x-metadata",
            "cache-control",
            "x-supabase-api-version",
            "tus-resumable",
            "upload-length",
            "upload-offset",
            "upload-metadata",
            "upload-defer-length",
            "x-signature",
            "if-none-match",
            "if-modified-since",
            "idempotency-key",
            "if-match",
            "chronodesk-min-position",
            "chronodesk-as-of",
            "last-event-id");

    private static final List<String> HEADERS_OUT = List.of(
            "content-range",
            "preference-applied",
            "location",
            "x-total-count",
            "link",
            "x-supabase-api-version",
            "x-sb-error-code",
            "upload-offset",
            "upload-length",
            "upload-expires",
            "tus-resumable",
            "tus-version",
            "tus-extension",
            "tus-max-size",
            "etag",
            "content-disposition",
            "chronodesk-position",
            "idempotent-replayed",
            "retry-after",
            "proxy-status");

    private Door() {}

    /**
     * The chain for every path. It says who asks and nothing about what they may do: nobody is refused here for being
     * nobody.
     */
    public static SecurityFilterChain chain(
            HttpSecurity http,
            ApiKeys keys,
            MachineKeys machines,
            AccessTokens tokens,
            TrustedCallers trusted,
            Sessions sessions) {
        return http.csrf(AbstractHttpConfigurer::disable) // nothing here is authenticated by a cookie
                .cors(cors -> cors.configurationSource(cors()))
                .sessionManagement(session -> session.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                .requestCache(AbstractHttpConfigurer::disable)
                .anonymous(AbstractHttpConfigurer::disable)
                .httpBasic(AbstractHttpConfigurer::disable)
                .formLogin(AbstractHttpConfigurer::disable)
                .logout(AbstractHttpConfigurer::disable)
                .headers(Door::headers)
                .addFilterBefore(new CallerFilter(keys, machines, tokens, trusted, sessions), AuthorizationFilter.class)
                .authorizeHttpRequests(requests -> requests.anyRequest().permitAll())
                .build();
    }

    private static void headers(HeadersConfigurer<HttpSecurity> headers) {
        headers.contentTypeOptions(Customizer.withDefaults())
                .cacheControl(Customizer.withDefaults())
                .frameOptions(HeadersConfigurer.FrameOptionsConfig::deny)
                .httpStrictTransportSecurity(Customizer.withDefaults())
                .referrerPolicy(policy -> policy.policy(ReferrerPolicy.NO_REFERRER));
    }

    private static CorsConfigurationSource cors() {
        var everywhere = new CorsConfiguration();
        everywhere.setAllowedOrigins(List.of("*")); // no cookies, so an origin gains nothing by itself
        everywhere.setAllowedMethods(List.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"));
        everywhere.setAllowedHeaders(HEADERS_IN);
        everywhere.setExposedHeaders(HEADERS_OUT);
        everywhere.setMaxAge(Duration.ofHours(1));
        var source = new UrlBasedCorsConfigurationSource();
        source.registerCorsConfiguration("/**", everywhere);
        return source;
    }

    /** Refuses addresses, methods and headers that only attackers send. */
    public static HttpFirewall firewall() {
        var firewall = new StrictHttpFirewall();
        // looked at where they are read, which would be too late to answer 400; each door checks its own
        firewall.setAllowedParameterNames(name -> true);
        firewall.setAllowedHeaderValues(Door::isText);
        return firewall;
    }

    /** What the firewall asks by a regular expression, which for a token costs more than all its other questions. */
    private static boolean isText(String value) {
        return value.codePoints()
                .allMatch(each -> each == '\t' || (Character.isDefined(each) && !Character.isISOControl(each)));
    }

    /** What the firewall refuses is the caller's mistake: 400 in the shape of the path. */
    public static RequestRejectedHandler rejected() {
        return (request, response, exception) -> Refusals.malformed(request, response);
    }
}
