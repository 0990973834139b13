package dev.weir.proxy.tls;

import dev.weir.config.ChannelBinding;
import dev.weir.config.SslMode;
import dev.weir.config.TlsEngineKind;
import dev.weir.config.TlsNegotiation;
import dev.weir.config.WeirConfig;
import dev.weir.config.setting.TlsSettings;
import dev.weir.config.tls.KeyExchangeGroup;
import dev.weir.config.tls.TlsIdentity;
import dev.weir.config.tls.TlsSide;
import dev.weir.config.tls.TlsVersion;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.OpenSslServerSessionContext;
import io.netty.handler.ssl.OpenSslX509KeyManagerFactory;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import javax.net.ssl.KeyManagerFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * TLS as the configuration in force has it, for new connections; those that stand keep what they began with. Thread-safe.
 */
public final class TlsContexts {

    private static final Logger LOGGER = LoggerFactory.getLogger(TlsContexts.class);

    private static final ApplicationProtocolConfig ALPN = new ApplicationProtocolConfig(
            Protocol.ALPN,
            SelectorFailureBehavior.NO_ADVERTISE,
            SelectedListenerFailureBehavior.ACCEPT,
            ClientHelloGate.PROTOCOL);

    /**
     * What one configuration comes to.
     *
     * @param clients null for no TLS with clients
     * @param servers null for no TLS with servers
     * @param peers null for no TLS with peers
     * @param basis what it was made from, to be compared
     */
    public record Prepared(
            @Nullable TlsForClients clients,
            @Nullable TlsForServers servers,
            @Nullable TlsForServers peers,
            List<Object> basis) {}

    private final TlsTasks tasks = new TlsTasks();
    private final TlsCounters counters = new TlsCounters();
    private volatile @Nullable FutureTask<Prepared> first;
    private volatile Prepared current = new Prepared(null, null, null, List.of());
    private final Map<String, TlsEngine> announced = new ConcurrentHashMap<>();

    /** TLS with clients; null for none. */
    public @Nullable TlsForClients clients() {
        return current.clients();
    }

    /** TLS with servers; null for none. */
    public @Nullable TlsForServers servers() {
        return current.servers();
    }

    /** TLS with the peers to which cancel requests are passed on; null for none. */
    public @Nullable TlsForServers peers() {
        return current.peers();
    }

    /**
     * A handshake with a client has failed.
     *
     * @return that in words, for the log
     */
    public String onClientHandshakeFailed(Throwable cause) {
        counters.onClientHandshakeFailed();
        return "TLS handshake failed: " + Reason.of(cause);
    }

    /** What is counted. */
    public TlsCounters counters() {
        return counters;
    }

    /**
     * Builds what a configuration asks for; may load a library and thus block.
     *
     * @throws TlsRefused if it cannot be had; nothing has changed then
     */
    public Prepared prepare(WeirConfig config) throws TlsRefused {
        TlsEngineKind engine = config.get(TlsSettings.TLS_ENGINE);
        List<Object> basis = List.of(
                config.tls(),
                engine,
                config.get(TlsSettings.CLIENT_TLS_CHANNEL_BINDING),
                config.get(TlsSettings.SERVER_TLS_NEGOTIATION),
                config.get(TlsSettings.SERVER_TLS_CHANNEL_BINDING));
        Prepared now = current;
        if (now.basis().equals(basis)) {
            return now;
        }
        return new Prepared(
                config.tls().clients().isOn() ? clients(config, engine) : null,
                config.tls().servers().isOn()
                        ? servers(
                                config.tls().servers(),
                                engine,
                                "servers",
                                config.get(TlsSettings.SERVER_TLS_NEGOTIATION) == TlsNegotiation.DIRECT,
                                config.get(TlsSettings.SERVER_TLS_CHANNEL_BINDING))
                        : null,
                config.tls().peers().isOn()
                        ? servers(config.tls().peers(), engine, "peers", false, ChannelBinding.DISABLE)
                        : null,
                basis);
    }

    /** Begins to build what the first configuration asks for, beside whoever goes on; {@link #awaitFirst} waits for it. */
    public void begin(WeirConfig config) {
        FutureTask<Prepared> task = new FutureTask<>(() -> prepare(config));
        first = task;
        Thread.ofVirtual().name("weir-tls-start").start(task);
    }

    /**
     * Puts in force what {@link #begin} has begun.
     *
     * @throws TlsRefused if it cannot be had
     */
    public void awaitFirst() throws TlsRefused {
        FutureTask<Prepared> begun = first;
        if (begun == null) {
            return;
        }
        try {
            putInForce(begun.get());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TlsRefused("interrupted", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof TlsRefused refused) {
                throw refused;
            }
            throw new TlsRefused("TLS cannot be used: " + Reason.of(e), e);
        }
    }

    /** From now on new connections use this. */
    public void putInForce(Prepared prepared) {
        current = prepared;
    }

    private TlsForClients clients(WeirConfig config, TlsEngineKind wanted) throws TlsRefused {
        TlsSide side = config.tls().clients();
        TlsEngine engine = engine(wanted, side, "clients");
        TlsIdentity identity = side.identity();
        if (identity == null) {
            throw new TlsRefused("client_tls_sslmode " + side.mode().text() + " needs a certificate");
        }
        try {
            SslContextBuilder builder = offLoop(engine, identity)
                    ? SslContextBuilder.forServer(keyless(identity))
                            .option(OpenSslContextOption.PRIVATE_KEY_METHOD, new SlowKeyMethod(identity.key()))
                    : SslContextBuilder.forServer(identity.key(), chain(identity));
            if (side.verifies()) {
                builder.clientAuth(ClientAuth.REQUIRE).trustManager(PeerTrust.of(side.authorities(), false));
            }
            SslContext context = build(builder, engine, side, "client");
            // Resumed sessions would be those of certificates that nobody has looked at since.
            if (context.sessionContext() instanceof OpenSslServerSessionContext sessions) {
                sessions.setSessionCacheEnabled(false);
            }
            byte @Nullable [] endPoint =
                    config.get(TlsSettings.CLIENT_TLS_CHANNEL_BINDING) ? EndPoint.of(identity.certificate()) : null;
            return new TlsForClients(side, context, endPoint, tasks);
        } catch (GeneralSecurityException | IOException | IllegalArgumentException e) {
            throw new TlsRefused("client_tls: " + Reason.of(e), e);
        }
    }

    private TlsForServers servers(
            TlsSide side, TlsEngineKind wanted, String who, boolean direct, ChannelBinding binding) throws TlsRefused {
        TlsEngine engine = engine(wanted, side, who);
        TlsIdentity identity = side.identity();
        try {
            SslContextBuilder builder = SslContextBuilder.forClient()
                    .trustManager(
                            side.verifies()
                                    ? PeerTrust.of(side.authorities(), side.mode() == SslMode.VERIFY_FULL)
                                    : PeerTrust.everybody())
                    // by PeerTrust, which knows the host as configured
                    .endpointIdentificationAlgorithm(null);
            if (identity != null && offLoop(engine, identity)) {
                builder.keyManager(keyless(identity))
                        .option(OpenSslContextOption.PRIVATE_KEY_METHOD, new SlowKeyMethod(identity.key()));
            } else if (identity != null) {
                builder.keyManager(identity.key(), chain(identity));
            }
            return new TlsForServers(side, build(builder, engine, side, "server"), direct, binding, tasks);
        } catch (GeneralSecurityException | IOException | IllegalArgumentException e) {
            throw new TlsRefused("server_tls: " + Reason.of(e), e);
        }
    }

    private static boolean offLoop(TlsEngine engine, TlsIdentity identity) {
        return engine == TlsEngine.BORINGSSL && SlowKeyMethod.isSlow(identity.key());
    }

    private static X509Certificate[] chain(TlsIdentity identity) {
        return identity.chain().toArray(X509Certificate[]::new);
    }

    private static KeyManagerFactory keyless(TlsIdentity identity) throws GeneralSecurityException, IOException {
        return OpenSslX509KeyManagerFactory.newKeyless(chain(identity));
    }

    private static SslContext build(SslContextBuilder builder, TlsEngine engine, TlsSide side, String what)
            throws TlsRefused, IOException {
        if (engine == TlsEngine.BORINGSSL) {
            builder.option(OpenSslContextOption.USE_TASKS, true)
                    .option(
                            OpenSslContextOption.GROUPS,
                            side.groups().stream()
                                    .map(KeyExchangeGroup::jdkName)
                                    .toArray(String[]::new));
        }
        return builder.sslProvider(engine.provider())
                .protocols(side.versions().stream().map(TlsVersion::jdkName).toList())
                .ciphers(ciphers(engine, side, what), SupportedCipherSuiteFilter.INSTANCE)
                .applicationProtocolConfig(ALPN)
                .build();
    }

    private static List<String> ciphers(TlsEngine engine, TlsSide side, String what) throws TlsRefused {
        Set<String> available = engine.ciphers();
        List<String> older = side.ciphers().stream()
                .map(suite -> suite.name())
                .filter(available::contains)
                .toList();
        if (older.isEmpty() && side.versions().stream().anyMatch(version -> version != TlsVersion.TLS_1_3)) {
            throw new TlsRefused(what + "_tls_ciphers: " + engine.described() + " has none of them");
        }
        List<String> all = new ArrayList<>();
        if (side.versions().contains(TlsVersion.TLS_1_3)) {
            all.addAll(side.ciphers13());
        }
        all.addAll(older);
        return all;
    }

    private TlsEngine engine(TlsEngineKind wanted, TlsSide side, String what) throws TlsRefused {
        TlsEngine engine = TlsEngine.of(wanted, side);
        if (announced.put(what, engine) != engine) {
            if (engine == TlsEngine.JDK && wanted == TlsEngineKind.AUTO) {
                LOGGER.warn(
                        "TLS with {} by {}, not by BoringSSL: {}",
                        what,
                        engine.described(),
                        TlsEngine.whyNotBoringSsl(side));
            } else {
                LOGGER.info("TLS with {} by {}", what, engine.described());
            }
        }
        return engine;
    }
}
