package dev.weir.proxy.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.config.ConfigFormat;
import dev.weir.config.Origin;
import dev.weir.config.PeerConfig;
import dev.weir.config.UserList;
import dev.weir.config.WeirConfig;
import dev.weir.config.setting.DatabaseSettings;
import dev.weir.config.setting.PoolSettings;
import dev.weir.config.setting.SettingValues;
import dev.weir.console.port.DnsHostSnapshot;
import dev.weir.console.port.MemorySnapshot;
import dev.weir.console.port.PeerSnapshot;
import dev.weir.console.port.PoolerIdentity;
import dev.weir.console.port.PoolerState;
import dev.weir.console.port.SettingSnapshot;
import dev.weir.proxy.cancel.CancelConnections;
import dev.weir.proxy.cancel.Peers;
import dev.weir.proxy.client.ClientRegistry;
import dev.weir.proxy.statement.Definitions;
import dev.weir.proxy.tls.TlsContexts;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class LiveViewTest {

    private static final PoolerIdentity IDENTITY =
            new PoolerIdentity("0.1.0", Instant.EPOCH, 6432, Duration.ofSeconds(60));

    private final IdlePools pools = new IdlePools();
    private final AtomicBoolean paused = new AtomicBoolean();
    private final AtomicBoolean suspended = new AtomicBoolean();
    private final AtomicBoolean shuttingDown = new AtomicBoolean();
    private final WeirConfig config = config();
    private final LiveView view = new LiveView(
            () -> IDENTITY,
            () -> config,
            pools.loops,
            pools.under(config),
            new ClientRegistry(pools.loops.workers(), () -> config),
            List::of,
            pools.resolver,
            new CancelConnections(pools.loops.transport(), () -> Duration.ofSeconds(1), new TlsContexts()),
            new Peers(() -> config, pools.loops.transport(), pools.resolver::resolve, new TlsContexts()),
            pools.statements,
            paused::get,
            suspended::get,
            shuttingDown::get,
            new TlsContexts().counters());

    @AfterEach
    void close() {
        pools.close();
    }

    @Test
    void stateFollowsThePooler() {
        assertThat(join(view.state())).isEqualTo(new PoolerState(false, false, false, 0));

        paused.set(true);
        assertThat(join(view.state())).isEqualTo(new PoolerState(true, false, false, 0));

        paused.set(false);
        suspended.set(true);
        shuttingDown.set(true);
        assertThat(join(view.state())).isEqualTo(new PoolerState(false, true, true, 0));
    }

    @Test
    void identityIsTheGivenOne() {
        assertThat(view.identity()).isEqualTo(IDENTITY);
    }

    @Test
    void settingsSayWhatIsNotSet() {
        assertThat(join(view.settings()))
                .contains(new SettingSnapshot("default_pool_size", "33", "20", true))
                .anyMatch(setting -> setting.value() == null);
    }

    @Test
    void peersHaveTheGlobalPoolSizeUnlessTheyHaveTheirOwn() {
        assertThat(join(view.peers()))
                .containsExactlyInAnyOrder(
                        new PeerSnapshot(7, "seven.example", 6432, 33), new PeerSnapshot(8, "eight.example", 6432, 2));
        assertThat(join(view.peerPools())).isEmpty();
        assertThat(join(view.lists()).peers()).isEqualTo(2);
    }

    @Test
    void resolvedHostsAreShownWithTheTimeTheyHaveLeft() {
        CompletableFuture<@Nullable InetAddress> resolved = new CompletableFuture<>();
        pools.resolver.resolve("localhost", pools.loops.workers().getFirst().loop(), resolved::complete);
        assertThat(resolved.join()).isNotNull();

        List<DnsHostSnapshot> hosts = join(view.dnsHosts());

        assertThat(hosts).hasSize(1);
        assertThat(hosts.getFirst().hostname()).isEqualTo("localhost");
        assertThat(hosts.getFirst().ttlSeconds()).isBetween(1L, 60L);
        assertThat(hosts.getFirst().addresses()).containsAnyOf("127.0.0.1", "0:0:0:0:0:0:0:1");
        assertThat(join(view.lists()).dnsNames()).isEqualTo(1);
        assertThat(join(view.dnsZones())).isEmpty();
    }

    @Test
    void statementsTakeMemory() {
        byte[] definition = "SELECT 1".getBytes(StandardCharsets.UTF_8);
        Definitions.acquire(pools.statements, definition);

        assertThat(join(view.memory()))
                .contains(new MemorySnapshot("client_cache", 0, 0, 0, 0))
                .filteredOn(memory -> memory.name().equals("server_prepared_statement_cache"))
                .singleElement()
                .satisfies(memory -> {
                    assertThat(memory.used()).isEqualTo(1);
                    assertThat(memory.totalBytes()).isGreaterThan(definition.length);
                });
    }

    private static WeirConfig config() {
        return new WeirConfig(
                Path.of("weir.toml"),
                ConfigFormat.TOML,
                SettingValues.empty().with(PoolSettings.DEFAULT_POOL_SIZE, 33),
                Map.of(),
                null,
                Map.of(),
                Map.of(
                        7,
                        peer(7, SettingValues.empty().with(DatabaseSettings.HOST, List.of("seven.example"))),
                        8,
                        peer(
                                8,
                                SettingValues.empty()
                                        .with(DatabaseSettings.HOST, List.of("eight.example"))
                                        .with(PoolSettings.POOL_SIZE, 2))),
                UserList.empty());
    }

    private static PeerConfig peer(int id, SettingValues values) {
        return new PeerConfig(id, Origin.wholeFile("weir.toml"), values);
    }

    private static <T> T join(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }
}
