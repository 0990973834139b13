package dev.weir.proxy.client;

import dev.weir.config.Compatibility;
import dev.weir.config.WeirConfig;
import dev.weir.config.access.LdapOptions;
import dev.weir.config.setting.AuthSettings;
import dev.weir.config.setting.GeneralSettings;
import dev.weir.proxy.auth.AuthMethod;
import dev.weir.proxy.auth.CertificateNames;
import dev.weir.proxy.auth.CleartextRequest;
import dev.weir.proxy.auth.ClientAuthentication;
import dev.weir.proxy.auth.ClientAuthentication.Outcome;
import dev.weir.proxy.auth.PasswordService;
import dev.weir.proxy.auth.PasswordService.Verdict;
import dev.weir.proxy.auth.ScramKeys;
import dev.weir.proxy.net.AccountNames;
import dev.weir.proxy.net.PeerIdentity;
import dev.weir.proxy.pool.Pool;
import dev.weir.proxy.wire.FrontendType;
import dev.weir.proxy.wire.PgError;
import dev.weir.proxy.wire.ProtocolViolation;
import io.netty.buffer.ByteBuf;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * One client's proof of who it is: by what {@code auth_type} or a rule asks for, with what is known of the user, found out
 * meanwhile. Reads password messages out of the stream and writes requests, all but AuthenticationOk.
 *
 * <p>Nobody learns from it whether a user exists, but where PgBouncer's words are wanted and tell. Confined to the client's
 * event loop.
 */
final class ClientProof {

    /** Who wants to know. Nothing is called after {@link #stop}, or twice. */
    interface Listener {

        /** It is who it says. */
        void onProved(ClientIdentity identity);

        /** A message of the client's is due, which may have arrived already. */
        void onRequested();

        /**
         * It is not, or nobody knows.
         *
         * @param reason for the log, null if it is the error itself
         */
        void onRefused(PgError error, @Nullable String reason);
    }

    private enum Step {
        LOOKING_UP,
        AWAITING_PASSWORD,
        CHECKING,
        DONE
    }

    private final LoginAttempt attempt;
    private final ClientServices services;
    private final Listener listener;
    private final UserLookup lookup;
    private Step step = Step.LOOKING_UP;
    private @Nullable KnownUser known;
    private @Nullable ClientAuthentication exchange;
    /** Who checks the password, where it is not us. */
    private @Nullable Confirmation confirmation;

    private Runnable stopChecking = () -> {};

    /** Somebody else's check, and what is said when it fails. */
    private record Confirmation(PasswordService service, PgError failure, String what) {}

    ClientProof(LoginAttempt attempt, ClientServices services, Listener listener) {
        this.attempt = attempt;
        this.services = services;
        this.listener = listener;
        this.lookup = new UserLookup(attempt, services);
    }

    /** Asks for what is needed, now or when it is known what that is. */
    void begin() {
        ClientErrors errors = services.errors();
        switch (AccessDecision.of(services.config(), attempt.facts(), errors)) {
            case AccessDecision.Secret(AuthMethod method) when method == AuthMethod.ANY -> exchange(method);
            case AccessDecision.Secret(AuthMethod method) -> whenLookedUp(() -> exchange(method));
            case AccessDecision.Certificate(String map) -> whenLookedUp(() -> certificate(map));
            case AccessDecision.Peer(String map) -> whenLookedUp(() -> peer(map));
            case AccessDecision.Ldap(LdapOptions options, boolean byRule) -> ldap(options, byRule, errors);
            case AccessDecision.Pam() -> pam(errors);
            case AccessDecision.Refused(PgError error, String reason) -> refuse(error, reason);
        }
    }

    private void whenLookedUp(Runnable next) {
        lookup.begin(new UserLookup.Result() {
            @Override
            public void onUser(@Nullable KnownUser found) {
                if (step != Step.DONE) {
                    known = found;
                    next.run();
                }
            }

            @Override
            public void onRefused(PgError error, String reason) {
                refuse(error, reason);
            }
        });
    }

    // ---- passwords that are compared here ----

    private void exchange(AuthMethod wanted) {
        WeirConfig config = services.config();
        dev.weir.proxy.auth.AuthSettings common = new dev.weir.proxy.auth.AuthSettings(
                services.keys(),
                config.get(AuthSettings.SCRAM_ITERATIONS),
                services.errors().isPgBouncer(),
                services.random());
        ClientAuthentication begun = new ClientAuthentication(
                known == null ? asForOthers(wanted) : wanted,
                attempt.user(),
                known == null ? null : known.secret(),
                common,
                attempt.tls() == null ? null : attempt.tls().serverEndPoint());
        exchange = begun;
        ByteBuf out = attempt.channel().alloc().buffer(64);
        proceed(begun.start(out), out);
    }

    /** Those with SCRAM secrets do SCRAM where md5 is wanted: whoever does not exist had better do as most do. */
    private AuthMethod asForOthers(AuthMethod wanted) {
        if (wanted != AuthMethod.MD5 || services.errors().isPgBouncer()) {
            return wanted;
        }
        boolean scram = lookup.wasAsked()
                ? services.authenticators().queries().hasLastFoundScram()
                : services.haveMostScramSecrets();
        return scram ? AuthMethod.SCRAM_SHA_256 : wanted;
    }

    /** What was written goes first; an empty buffer is just released. */
    private void proceed(Outcome outcome, ByteBuf out) {
        attempt.channel().writeAndFlush(out);
        switch (outcome) {
            case Outcome.Continue() -> awaitPassword();
            case Outcome.Success(ScramKeys keys, String password) -> prove(keys, password);
            case Outcome.Failure(PgError error, String reason) -> {
                lookup.forgetAnswer();
                refuse(error, reason);
            }
            case Outcome.Derive(Runnable work) -> {
                step = Step.CHECKING;
                services.derivations().execute(() -> {
                    work.run();
                    attempt.worker().loop().execute(this::onDerived);
                });
            }
        }
    }

    private void awaitPassword() {
        step = Step.AWAITING_PASSWORD;
        listener.onRequested();
    }

    private void onDerived() {
        ClientAuthentication begun = exchange;
        if (step == Step.CHECKING && begun != null) {
            ByteBuf out = attempt.channel().alloc().buffer(128);
            proceed(begun.resume(out), out);
        }
    }

    // ---- names that somebody vouches for ----

    private void certificate(String map) {
        X509Certificate certificate =
                attempt.tls() == null ? null : attempt.tls().peer();
        List<String> names = certificate == null ? List.of() : CertificateNames.of(certificate);
        BiPredicate<String, String> meant =
                services.config().get(GeneralSettings.COMPATIBILITY) == Compatibility.PGBOUNCER
                        ? CertificateNames::isSameHost
                        : CertificateNames::isSame;
        boolean fits = names.stream()
                .anyMatch(name -> services.config().access().maps().allow(map, name, meant, attempt.user()));
        if (fits && known != null) {
            prove(null, null);
        } else {
            refuse(
                    services.errors().certificateFailed(attempt.user()),
                    certificate == null
                            ? "no certificate"
                            : known == null ? "no such user" : "the certificate is for " + names);
        }
    }

    /** The account's name is looked up elsewhere, for a directory service may have to tell it. */
    private void peer(String map) {
        Integer uid = PeerIdentity.userId(attempt.channel());
        if (uid == null) {
            onAccount(null, map);
            return;
        }
        step = Step.CHECKING;
        services.derivations().execute(() -> {
            String account = AccountNames.find(uid);
            attempt.worker().loop().execute(() -> onAccount(account, map));
        });
    }

    private void onAccount(@Nullable String account, String map) {
        if (account != null
                && known != null
                && services.config().access().maps().allow(map, account, attempt.user())) {
            prove(null, null);
        } else {
            refuse(
                    services.errors().peerFailed(attempt.user()),
                    known == null ? "no such user" : "the system knows the peer as " + account);
        }
    }

    // ---- passwords that somebody else checks ----

    private void ldap(LdapOptions options, boolean byRule, ClientErrors errors) {
        if (options.equals(LdapOptions.NONE)) {
            refuse(errors.ldapOptionsMissing(), null);
            return;
        }
        PasswordService service =
                services.authenticators().ldap().with(options, services.config().get(AuthSettings.AUTH_LDAP_CA_FILE));
        Confirmation wanted = new Confirmation(service, errors.ldapFailed(attempt.user()), "LDAP");
        if (byRule) {
            confirm(wanted);
        } else {
            confirmUnlessAsked(wanted, errors);
        }
    }

    private void pam(ClientErrors errors) {
        PasswordService service = services.authenticators()
                .pam()
                .with(
                        services.config().get(AuthSettings.AUTH_PAM_SERVICE),
                        services.config().get(AuthSettings.AUTH_PAM_CONCURRENCY));
        confirmUnlessAsked(new Confirmation(service, errors.pamFailed(attempt.user()), "PAM"), errors);
    }

    /** As in PgBouncer, {@code auth_user} and somebody else's check exclude each other. */
    private void confirmUnlessAsked(Confirmation wanted, ClientErrors errors) {
        if (services.config().authUser(attempt.database()) != null) {
            refuse(errors.misconfigured(), wanted.what() + " can't be used together with auth_user");
        } else {
            confirm(wanted);
        }
    }

    private void confirm(Confirmation wanted) {
        confirmation = wanted;
        known = lookup.inFiles();
        ByteBuf out = attempt.channel().alloc().buffer(16);
        CleartextRequest.write(out);
        attempt.channel().writeAndFlush(out);
        awaitPassword();
    }

    private void onPlainPassword(String password, Confirmation wanted) {
        if (password.isEmpty()) {
            refuse(services.errors().emptyPassword(), "empty password");
            return;
        }
        step = Step.CHECKING;
        PasswordService.Claim claim = new PasswordService.Claim(attempt.user(), password, attempt.host());
        stopChecking = wanted.service()
                .ask(claim, verdict -> attempt.worker().loop().execute(() -> onVerdict(verdict, password, wanted)));
    }

    private void onVerdict(Verdict verdict, String password, Confirmation wanted) {
        switch (verdict) {
            case RIGHT -> prove(null, password);
            case WRONG -> refuse(wanted.failure(), wanted.what() + " does not take the password");
            case UNAVAILABLE -> refuse(wanted.failure(), wanted.what() + " could not be asked");
            case BUSY ->
                refuse(services.errors().tooManyChecks(wanted.what()), "too many logins wait for " + wanted.what());
        }
    }

    // ---- reading ----

    /**
     * Takes one password message off {@code in}.
     *
     * @return whether it was there as a whole, and one was due
     * @throws ProtocolViolation if something else has arrived
     */
    boolean read(ByteBuf in) {
        if (step != Step.AWAITING_PASSWORD || in.readableBytes() < 5) {
            return false;
        }
        byte type = in.getByte(in.readerIndex());
        int length = in.getInt(in.readerIndex() + 1);
        if (type != FrontendType.PASSWORD) {
            throw new ProtocolViolation("expected a password message, got message type " + FrontendType.name(type));
        }
        if (length < 4 || length - 4 > ClientAuthentication.MAX_PASSWORD_BODY_BYTES) {
            throw new ProtocolViolation("invalid length of password message");
        }
        if (in.readableBytes() < length + 1) {
            return false;
        }
        in.skipBytes(5);
        ByteBuf body = in.readSlice(length - 4);
        ClientAuthentication begun = exchange;
        Confirmation wanted = confirmation;
        if (begun != null) {
            ByteBuf out = attempt.channel().alloc().buffer(128);
            proceed(begun.onPassword(body, out), out);
        } else if (wanted != null) {
            onPlainPassword(CleartextRequest.read(body), wanted);
        }
        return true;
    }

    // ---- ending ----

    private void prove(@Nullable ScramKeys keys, @Nullable String password) {
        if (step == Step.DONE) {
            return;
        }
        step = Step.DONE;
        KnownUser user = known;
        listener.onProved(
                user == null
                        ? new ClientIdentity(attempt.user(), null, true, keys, password)
                        : new ClientIdentity(user.user(), user.secret(), user.foreign(), keys, password));
    }

    private void refuse(PgError error, @Nullable String reason) {
        if (step != Step.DONE) {
            step = Step.DONE;
            listener.onRefused(error, reason);
        }
    }

    /** The client has gone, or has waited too long. */
    void stop() {
        step = Step.DONE;
        lookup.stop();
        stopChecking.run();
    }

    /** Whose server it waits for, null if for none. */
    @Nullable
    Pool pool() {
        return lookup.pool();
    }
}
