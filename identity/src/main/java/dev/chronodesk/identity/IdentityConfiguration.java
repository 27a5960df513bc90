package dev.chronodesk.identity;

import dev.chronodesk.command.door.Commands;
import dev.chronodesk.db.Database;
import dev.chronodesk.db.Secrets;
import dev.chronodesk.db.log.EventLog;
import dev.chronodesk.events.codec.EventCodec;
import dev.chronodesk.identity.account.Accounts;
import dev.chronodesk.identity.account.FirstAdministrator;
import dev.chronodesk.identity.account.Passwords;
import dev.chronodesk.identity.account.SignIn;
import dev.chronodesk.identity.account.SignUp;
import dev.chronodesk.identity.account.UnfinishedSignUps;
import dev.chronodesk.identity.account.UserMetadata;
import dev.chronodesk.identity.auth.AuthController;
import dev.chronodesk.identity.auth.NotOffered;
import dev.chronodesk.identity.door.ApiKeys;
import dev.chronodesk.identity.door.CallerArgumentResolver;
import dev.chronodesk.identity.door.Door;
import dev.chronodesk.identity.principal.PrincipalFollower;
import dev.chronodesk.identity.principal.Principals;
import dev.chronodesk.identity.session.Sessions;
import dev.chronodesk.identity.token.AccessTokens;
import dev.chronodesk.identity.token.KeySetController;
import dev.chronodesk.identity.token.SigningKeys;
import java.time.Clock;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.authentication.ProviderNotFoundException;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.config.observation.SecurityObservationSettings;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.firewall.HttpFirewall;
import org.springframework.security.web.firewall.RequestRejectedHandler;

/**
 * The beans of this module. Needs {@code Database}, {@code EventLog}, {@code EventCodec}, {@code Secrets} and
 * {@code Commands}; gives, beside the doors, {@link PrincipalFollower} as {@code BeforeAcknowledging}.
 */
@Configuration(proxyBeanMethods = false)
@EnableWebSecurity
@EnableConfigurationProperties({IdentitySettings.class, ExternalSettings.class, AdministratorSettings.class})
public class IdentityConfiguration {

    private static final Clock CLOCK = Clock.systemUTC();

    /** A request has its own metric; one for each filter that it passes would cost more than our own filter does. */
    @Bean
    SecurityObservationSettings securityObservationSettings() {
        return SecurityObservationSettings.noObservations();
    }

    @Bean(initMethod = "start", destroyMethod = "close")
    PrincipalFollower principalFollower(EventLog log, EventCodec codec, Database database) {
        return new PrincipalFollower(log, codec, database.identity());
    }

    @Bean
    SigningKeys signingKeys(Database database, Secrets secrets) {
        return new SigningKeys(database.identity(), secrets);
    }

    @Bean
    AccessTokens accessTokens(SigningKeys keys, IdentitySettings settings, ExternalSettings external) {
        return new AccessTokens(keys, external.issuer(), settings.accessTokenLifetime(), CLOCK);
    }

    @Bean
    Sessions sessions(Database database, Secrets secrets, IdentitySettings settings) {
        return new Sessions(database.identity(), secrets, settings.refreshReuseInterval(), CLOCK);
    }

    @Bean
    ApiKeys apiKeys(Database database, IdentitySettings settings) {
        return new ApiKeys(database.identity(), settings, CLOCK);
    }

    @Bean
    Accounts accounts(Database database) {
        return new Accounts(database.identity());
    }

    @Bean
    Passwords passwords(IdentitySettings settings) {
        return new Passwords(settings.hashingConcurrency(), settings.hashingPatience());
    }

    @Bean
    SignUp signUp(
            Accounts accounts, Passwords passwords, Commands commands, PrincipalFollower follower, Database database) {
        return new SignUp(accounts, passwords, commands, new Principals(database.identity()), follower, CLOCK);
    }

    @Bean
    SignIn signIn(Accounts accounts, Passwords passwords, SignUp signUp) {
        return new SignIn(accounts, passwords, signUp);
    }

    @Bean
    UserMetadata userMetadata(Accounts accounts, Commands commands) {
        return new UserMetadata(accounts, commands);
    }

    @Bean(initMethod = "start", destroyMethod = "close")
    UnfinishedSignUps unfinishedSignUps(Accounts accounts, SignUp signUp) {
        return new UnfinishedSignUps(accounts, signUp);
    }

    @Bean
    FirstAdministrator firstAdministrator(
            AdministratorSettings settings,
            Accounts accounts,
            Passwords passwords,
            SignUp signUp,
            Commands commands,
            PrincipalFollower follower,
            Database database) {
        return new FirstAdministrator(settings, accounts, passwords, signUp, commands, follower, database.identity());
    }

    @Bean
    AuthController authController(
            SignUp signUp,
            SignIn signIn,
            Accounts accounts,
            UserMetadata userMetadata,
            Sessions sessions,
            AccessTokens tokens) {
        return new AuthController(signUp, signIn, accounts, userMetadata, sessions, tokens);
    }

    @Bean
    NotOffered authCallsNotOffered() {
        return new NotOffered();
    }

    @Bean
    KeySetController keySetController(SigningKeys keys) {
        return new KeySetController(keys);
    }

    @Bean
    CallerArgumentResolver callerArgumentResolver() {
        return new CallerArgumentResolver();
    }

    @Bean
    SecurityFilterChain door(HttpSecurity http, ApiKeys keys, AccessTokens tokens, Sessions sessions) {
        return Door.chain(http, keys, tokens, sessions);
    }

    @Bean
    HttpFirewall firewall() {
        return Door.firewall();
    }

    @Bean
    RequestRejectedHandler requestRejectedHandler() {
        return Door.rejected();
    }

    /** There are no users but ours: without this, Spring Boot would make one up and log its password. */
    @Bean
    AuthenticationManager noOtherAuthentication() {
        return authentication -> {
            throw new ProviderNotFoundException("callers are authenticated at the door");
        };
    }
}
