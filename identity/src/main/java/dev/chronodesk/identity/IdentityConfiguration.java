package dev.chronodesk.identity;

import dev.chronodesk.command.door.Commands;
import dev.chronodesk.db.Database;
import dev.chronodesk.db.Secrets;
import dev.chronodesk.db.keys.PersonKeys;
import dev.chronodesk.db.log.EventLog;
import dev.chronodesk.events.codec.EventCodec;
import dev.chronodesk.identity.account.Accounts;
import dev.chronodesk.identity.account.FirstAdministrator;
import dev.chronodesk.identity.account.PasswordList;
import dev.chronodesk.identity.account.Passwords;
import dev.chronodesk.identity.account.SignIn;
import dev.chronodesk.identity.account.SignUp;
import dev.chronodesk.identity.account.UnfinishedSignUps;
import dev.chronodesk.identity.account.UserMetadata;
import dev.chronodesk.identity.auth.AdminController;
import dev.chronodesk.identity.auth.Administration;
import dev.chronodesk.identity.auth.AuthController;
import dev.chronodesk.identity.auth.AuthErrors;
import dev.chronodesk.identity.auth.AuthRules;
import dev.chronodesk.identity.auth.EvenTime;
import dev.chronodesk.identity.auth.Exchanges;
import dev.chronodesk.identity.auth.FactorsController;
import dev.chronodesk.identity.auth.MachineKeysController;
import dev.chronodesk.identity.auth.MailedController;
import dev.chronodesk.identity.auth.NotOffered;
import dev.chronodesk.identity.auth.ProviderController;
import dev.chronodesk.identity.auth.SessionAnswers;
import dev.chronodesk.identity.auth.SessionsController;
import dev.chronodesk.identity.auth.SigningKeysController;
import dev.chronodesk.identity.auth.Wishes;
import dev.chronodesk.identity.door.ApiKeys;
import dev.chronodesk.identity.door.CallerArgumentResolver;
import dev.chronodesk.identity.door.Door;
import dev.chronodesk.identity.door.MachineKeys;
import dev.chronodesk.identity.door.TrustedCallers;
import dev.chronodesk.identity.flow.AddressFacts;
import dev.chronodesk.identity.flow.MailedProofs;
import dev.chronodesk.identity.flow.OwnAccount;
import dev.chronodesk.identity.flow.OwnFactors;
import dev.chronodesk.identity.flow.Proofs;
import dev.chronodesk.identity.flow.ProviderAccounts;
import dev.chronodesk.identity.flow.Registration;
import dev.chronodesk.identity.limit.ExpiredBuckets;
import dev.chronodesk.identity.limit.LimitSettings;
import dev.chronodesk.identity.limit.RateLimits;
import dev.chronodesk.identity.limit.TrustedProxies;
import dev.chronodesk.identity.link.ExpiredLinks;
import dev.chronodesk.identity.link.FlowStates;
import dev.chronodesk.identity.link.OneTimeTokens;
import dev.chronodesk.identity.link.Redirects;
import dev.chronodesk.identity.mail.MailSettings;
import dev.chronodesk.identity.mail.Outbox;
import dev.chronodesk.identity.mail.Templates;
import dev.chronodesk.identity.mfa.Factors;
import dev.chronodesk.identity.principal.PrincipalFollower;
import dev.chronodesk.identity.principal.Principals;
import dev.chronodesk.identity.provider.ProviderSettings;
import dev.chronodesk.identity.provider.ProviderVisits;
import dev.chronodesk.identity.provider.Providers;
import dev.chronodesk.identity.provider.TrustedIssuers;
import dev.chronodesk.identity.session.Sessions;
import dev.chronodesk.identity.token.AccessTokens;
import dev.chronodesk.identity.token.KeySetController;
import dev.chronodesk.identity.token.SigningKeys;
import dev.chronodesk.identity.trail.Trail;
import java.net.URI;
import java.time.Clock;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;
import org.springframework.mail.javamail.JavaMailSender;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.authentication.ProviderNotFoundException;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.config.observation.SecurityObservationSettings;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.firewall.HttpFirewall;
import org.springframework.security.web.firewall.RequestRejectedHandler;

/**
 * The beans of this module. Needs {@code Database}, {@code EventLog}, {@code EventCodec}, {@code PersonKeys},
 * {@code Secrets} and {@code Commands}; gives, beside the doors, {@link PrincipalFollower} as
 * {@code BeforeAcknowledging}.
 */
@Configuration(proxyBeanMethods = false)
@EnableWebSecurity
@EnableConfigurationProperties({
    IdentitySettings.class,
    ExternalSettings.class,
    AdministratorSettings.class,
    MailSettings.class,
    LimitSettings.class,
    ProviderSettings.class
})
public class IdentityConfiguration {

    private static final Clock CLOCK = Clock.systemUTC();

    /** A request has its own metric; one for each filter that it passes would cost more than our own filter does. */
    @Bean
    SecurityObservationSettings securityObservationSettings() {
        return SecurityObservationSettings.noObservations();
    }

    @Bean(initMethod = "start", destroyMethod = "close")
    PrincipalFollower principalFollower(EventLog log, EventCodec codec, Database database, PersonKeys keys) {
        return new PrincipalFollower(log, codec, database.identity(), keys::erase);
    }

    @Bean
    SigningKeys signingKeys(Database database, Secrets secrets) {
        return new SigningKeys(database.identity(), secrets, CLOCK);
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
    MachineKeys machineKeys(Database database) {
        return new MachineKeys(database.identity(), CLOCK);
    }

    @Bean
    SigningKeysController signingKeysController(SigningKeys keys, Trail trail) {
        return new SigningKeysController(keys, trail);
    }

    @Bean
    MachineKeysController machineKeysController(MachineKeys keys, Trail trail) {
        return new MachineKeysController(keys, trail, CLOCK);
    }

    @Bean
    Accounts accounts(Database database, Secrets secrets) {
        return new Accounts(database.identity(), secrets);
    }

    @Bean
    Passwords passwords(IdentitySettings settings) {
        return new Passwords(
                new PasswordList(settings.passwordList()), settings.hashingConcurrency(), settings.hashingPatience());
    }

    @Bean
    RateLimits rateLimits(Database database, Secrets secrets, LimitSettings settings) {
        return new RateLimits(database.limits(), secrets, settings, CLOCK);
    }

    @Bean(initMethod = "start", destroyMethod = "close")
    ExpiredBuckets expiredBuckets(RateLimits limits) {
        return new ExpiredBuckets(limits);
    }

    /** Before anything else that asks from where a request comes. */
    @Bean
    FilterRegistrationBean<TrustedProxies> trustedProxies(LimitSettings settings) {
        var proxies = new TrustedProxies(settings.trustedProxies());
        var registration = new FilterRegistrationBean<>(proxies);
        registration.addUrlPatterns("/auth/v1/*");
        registration.setOrder(Ordered.HIGHEST_PRECEDENCE);
        registration.setEnabled(!proxies.none());
        return registration;
    }

    @Bean
    Trail trail(Database database) {
        return new Trail(database.identity());
    }

    @Bean
    OneTimeTokens oneTimeTokens(Database database, Secrets secrets) {
        return new OneTimeTokens(database.identity(), secrets, CLOCK);
    }

    @Bean
    FlowStates flowStates(Database database, Secrets secrets) {
        return new FlowStates(database.identity(), secrets, CLOCK);
    }

    @Bean(initMethod = "start", destroyMethod = "close")
    ExpiredLinks expiredLinks(Accounts accounts, OneTimeTokens tokens, FlowStates flows, ProviderVisits visits) {
        return new ExpiredLinks(accounts, tokens, flows, visits);
    }

    @Bean(initMethod = "start", destroyMethod = "close")
    Outbox outbox(
            Database database,
            MailSettings settings,
            ExternalSettings external,
            ObjectProvider<JavaMailSender> smtp,
            Environment environment) {
        return Outbox.of(
                database.identity(),
                settings,
                smtp.getIfAvailable(),
                environment.getProperty("spring.mail.host", "the mail server"),
                external.externalUrl().getHost(),
                CLOCK);
    }

    @Bean
    ProviderVisits providerVisits(Database database) {
        return new ProviderVisits(database.identity());
    }

    @Bean
    Providers providers(ProviderSettings settings, ExternalSettings external, Secrets secrets) {
        return new Providers(settings, external.issuer(), secrets, CLOCK);
    }

    @Bean
    ProviderAccounts providerAccounts(
            Accounts accounts,
            SignUp signUp,
            Sessions sessions,
            OneTimeTokens tokens,
            Factors factors,
            AddressFacts addresses,
            MailedProofs mails,
            Trail trail) {
        return new ProviderAccounts(accounts, signUp, sessions, tokens, factors, addresses, mails, trail);
    }

    @Bean
    TrustedCallers trustedCallers(
            ProviderSettings settings, ProviderAccounts people, Accounts accounts, AuthRules rules) {
        return new TrustedCallers(new TrustedIssuers(settings, CLOCK), people, accounts, rules.signUp(), CLOCK);
    }

    @Bean
    Exchanges exchanges(
            Accounts accounts, Sessions sessions, FlowStates flows, ProviderAccounts people, SessionAnswers answers) {
        return new Exchanges(accounts, sessions, flows, people, answers);
    }

    @Bean
    ProviderController providerController(
            Providers providers,
            ProviderVisits visits,
            ProviderAccounts people,
            Accounts accounts,
            OwnAccount own,
            Factors factors,
            Sessions sessions,
            FlowStates flows,
            SessionAnswers answers,
            Exchanges exchanges,
            Wishes wishes,
            RateLimits limits,
            AuthRules rules,
            Trail trail,
            ExternalSettings external) {
        return new ProviderController(
                providers,
                visits,
                people,
                accounts,
                own,
                factors,
                sessions,
                flows,
                answers,
                exchanges,
                wishes,
                limits,
                rules,
                trail,
                URI.create(external.issuer()));
    }

    @Bean
    AuthRules authRules(
            IdentitySettings settings,
            ProviderSettings linking,
            Providers providers,
            ObjectProvider<JavaMailSender> smtp) {
        var trusting = settings.autoConfirm();
        return new AuthRules(
                settings.signUp(),
                settings.ownAccounts(),
                settings.anonymousSignIn(),
                trusting == null ? smtp.getIfAvailable() == null : trusting,
                linking.manualLinking(),
                providers.names());
    }

    private static URI site(IdentitySettings settings, ExternalSettings external) {
        var site = settings.siteUrl();
        return site == null ? external.externalUrl() : site;
    }

    @Bean
    MailedProofs mailedProofs(
            Accounts accounts,
            OneTimeTokens tokens,
            FlowStates flows,
            MailSettings mail,
            Outbox outbox,
            IdentitySettings settings,
            ExternalSettings external,
            Database database) {
        return new MailedProofs(
                accounts,
                tokens,
                flows,
                new Templates(mail),
                outbox,
                URI.create(external.issuer()),
                site(settings, external),
                database.identity());
    }

    @Bean
    AddressFacts addressFacts(Accounts accounts, Commands commands) {
        return new AddressFacts(accounts, commands);
    }

    @Bean
    Registration registration(
            Accounts accounts, Passwords passwords, SignUp signUp, MailedProofs mails, Trail trail, Secrets secrets) {
        return new Registration(accounts, passwords, signUp, mails, trail, secrets);
    }

    @Bean
    Proofs proofs(Accounts accounts, OneTimeTokens tokens, AddressFacts addresses, MailedProofs mails, Trail trail) {
        return new Proofs(accounts, tokens, addresses, mails, trail);
    }

    @Bean
    OwnAccount ownAccount(
            Accounts accounts,
            Passwords passwords,
            Sessions sessions,
            OneTimeTokens tokens,
            AddressFacts addresses,
            MailedProofs mails,
            Trail trail,
            IdentitySettings settings) {
        return new OwnAccount(
                accounts, passwords, sessions, tokens, addresses, mails, trail, settings.reauthenticateAfter(), CLOCK);
    }

    @Bean
    Factors factors(Database database, Secrets secrets, Sessions sessions) {
        return new Factors(database.identity(), secrets, sessions, CLOCK);
    }

    @Bean
    OwnFactors ownFactors(Factors factors, MailedProofs mails, Trail trail) {
        return new OwnFactors(factors, mails, trail);
    }

    @Bean
    FactorsController factorsController(
            Accounts accounts,
            Factors factors,
            OwnFactors own,
            RateLimits limits,
            SessionAnswers answers,
            ExternalSettings external) {
        return new FactorsController(
                accounts, factors, own, limits, answers, external.externalUrl().getHost());
    }

    @Bean
    SessionAnswers sessionAnswers(
            Accounts accounts, SignIn signIn, Sessions sessions, AccessTokens tokens, Trail trail) {
        return new SessionAnswers(accounts, signIn, sessions, tokens, trail);
    }

    @Bean
    Wishes wishes(IdentitySettings settings, ExternalSettings external) {
        return new Wishes(new Redirects(site(settings, external), settings.redirectUrls()));
    }

    @Bean
    EvenTime evenTime(IdentitySettings settings) {
        return new EvenTime(settings.evenTime());
    }

    @Bean
    Administration administration(
            Accounts accounts,
            Passwords passwords,
            SignUp signUp,
            Commands commands,
            Sessions sessions,
            OneTimeTokens tokens,
            AddressFacts addresses,
            MailedProofs mails,
            Trail trail) {
        return new Administration(accounts, passwords, signUp, commands, sessions, tokens, addresses, mails, trail);
    }

    @Bean
    AdminController adminController(
            Accounts accounts,
            Administration administration,
            MailedProofs mails,
            OwnFactors factors,
            Outbox outbox,
            Sessions sessions,
            Trail trail,
            Wishes wishes,
            ExternalSettings external) {
        return new AdminController(
                accounts,
                administration,
                mails,
                factors,
                outbox,
                sessions,
                trail,
                wishes,
                URI.create(external.issuer()),
                CLOCK);
    }

    @Bean
    MailedController mailedController(
            Accounts accounts,
            RateLimits limits,
            Registration registration,
            Proofs proofs,
            OwnAccount own,
            FlowStates flows,
            SessionAnswers answers,
            Wishes wishes,
            EvenTime evenTime,
            AuthRules rules) {
        return new MailedController(
                accounts, limits, registration, proofs, own, flows, answers, wishes, evenTime, rules);
    }

    @Bean
    SessionsController sessionsController(Accounts accounts, Sessions sessions, Trail trail) {
        return new SessionsController(accounts, sessions, trail);
    }

    @Bean
    AuthErrors authErrors() {
        return new AuthErrors();
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
            Registration registration,
            SignIn signIn,
            Accounts accounts,
            UserMetadata userMetadata,
            OwnAccount own,
            Passwords passwords,
            Sessions sessions,
            Factors factors,
            Exchanges exchanges,
            SessionAnswers answers,
            Wishes wishes,
            Trail trail,
            EvenTime evenTime,
            AuthRules rules,
            RateLimits limits) {
        return new AuthController(
                signUp,
                registration,
                signIn,
                accounts,
                userMetadata,
                own,
                passwords,
                sessions,
                factors,
                exchanges,
                answers,
                wishes,
                trail,
                evenTime,
                rules,
                limits,
                CLOCK);
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
    SecurityFilterChain door(
            HttpSecurity http,
            ApiKeys keys,
            MachineKeys machines,
            AccessTokens tokens,
            TrustedCallers trusted,
            Sessions sessions) {
        return Door.chain(http, keys, machines, tokens, trusted, sessions);
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
