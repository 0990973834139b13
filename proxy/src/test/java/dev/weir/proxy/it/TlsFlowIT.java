package dev.weir.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.testkit.Accounts;
import dev.weir.proxy.testkit.Certificates;
import dev.weir.proxy.testkit.Certificates.PemFiles;
import dev.weir.proxy.testkit.Frontend;
import dev.weir.proxy.testkit.LeakGuard;
import dev.weir.proxy.testkit.Message;
import dev.weir.proxy.testkit.RawClient;
import dev.weir.proxy.testkit.TlsTunnel;
import dev.weir.proxy.testkit.WeirFixture;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.netty.util.internal.PlatformDependent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Encrypted on both sides: large messages pass in pieces, whoever does not read stops only itself, and nobody sees
/// what is
/// another's.
@ExtendWith(LeakGuard.class)
class TlsFlowIT {
    private static final int LARGE = 100_000_000;
    private static final int PIECE = 1_000_000;
    /// Far less than a large message, far more than the buffers that a connection needs.
    private static final long MEMORY_BOUND = 40_000_000;
    private static final Duration RUN = Duration.ofSeconds(5);
    private static final int CLIENTS = 50;

    private static TlsPostgres server;
    private static PemFiles files;

    @BeforeAll
    static void start() {
        server = new TlsPostgres();
        files = Certificates.write(
                server.directory,
                "weir",
                Certificates.issued(Certificates.server().rsa2048(), server.authority));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static WeirFixture.Setup encrypted(String engine) {
        return WeirFixture.overPort(server.postgres.port())
                .set("tls_engine", engine)
                .set("server_tls_sslmode", "require")
                .set("client_tls_sslmode", "require")
                .set("client_tls_key_file", files.key().toString())
                .set("client_tls_cert_file", files.chain().toString());
    }

    /// Direct memory that Netty holds, by its own book or by that of its allocator, whichever knows more.
    private static long usedMemory() {
        long pooled = ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT)
                .metric()
                .usedDirectMemory();
        return Math.max(pooled, PlatformDependent.usedDirectMemory());
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "jdk"})
    void aLargeRowPassesInLittleMemoryHoweverSlowlyItIsRead(String engine) {
        try (WeirFixture weir = encrypted(engine).start();
                TlsTunnel tunnel = TlsTunnel.to(weir.port());
                RawClient client = RawClient.connect(tunnel.endpoint(), Accounts.APP);
                RawClient other = RawClient.connect(tunnel.endpoint(), Accounts.APP)) {
            long before = usedMemory();
            long most = before;
            client.send(Frontend.query("SELECT repeat('x', " + LARGE + ")"));
            client.expect("T");
            long row = client.wire().readHead('D');
            assertThat(row).isEqualTo(LARGE + 6);
            // the rest stays where it is while somebody else is served
            for (int i = 0; i < 20; i++) {
                assertThat(other.value("SELECT 1")).isEqualTo("1");
                most = Math.max(most, usedMemory());
            }
            for (long left = row; left > 0; left -= PIECE) {
                client.wire().skip((int) Math.min(PIECE, left));
                most = Math.max(most, usedMemory());
            }
            client.expect("CZ");
            assertThat(most - before).isLessThan(MEMORY_BOUND);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "jdk"})
    void copyRunsBothWaysInLittleMemory(String engine) {
        try (WeirFixture weir = encrypted(engine).set("pool_mode", "session").start();
                TlsTunnel tunnel = TlsTunnel.to(weir.port());
                RawClient client = RawClient.connect(tunnel.endpoint(), Accounts.APP)) {
            client.run("CREATE TEMP TABLE copied (line text)");
            long before = usedMemory();
            long most = before;
            client.send(Frontend.query("COPY copied FROM STDIN"));
            client.expect("G");
            byte[] lines = new byte[PIECE];
            Arrays.fill(lines, (byte) 'a');
            for (int i = 99; i < PIECE; i += 100) {
                lines[i] = '\n';
            }
            for (int i = 0; i < 50; i++) {
                client.send(Frontend.message('d', lines));
                most = Math.max(most, usedMemory());
            }
            client.send(Frontend.message('c'));
            client.readUntilReady();
            assertThat(client.value("SELECT count(*) FROM copied")).isEqualTo("500000");
            client.send(Frontend.query("COPY copied TO STDOUT"));
            client.expect("H");
            int rows = 0;
            for (Message message = client.read(); message.type() == 'd'; message = client.read()) {
                rows++;
                if (rows % 10_000 == 0) {
                    most = Math.max(most, usedMemory());
                }
            }
            client.readUntilReady();
            assertThat(rows).isEqualTo(500_000);
            assertThat(most - before).isLessThan(MEMORY_BOUND);
        }
    }

    @Test
    void noClientEverSeesAnother() throws InterruptedException {
        long seed = System.nanoTime();
        try (WeirFixture weir = encrypted("auto")
                        .set("auth_type", "md5")
                        .set("default_pool_size", "5")
                        .set("max_prepared_statements", "20")
                        .start();
                TlsTunnel tunnel = TlsTunnel.to(weir.port())) {
            Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
            AtomicLong actions = new AtomicLong();
            long end = System.nanoTime() + RUN.toNanos();
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                MarkedClient client = new MarkedClient(tunnel.endpoint(), "client-" + i, new Random(seed + i), true);
                threads.add(Thread.ofPlatform().name("client " + i).start(() -> {
                    try {
                        while (System.nanoTime() < end && failures.isEmpty()) {
                            actions.addAndGet(client.session());
                        }
                    } catch (Throwable e) {
                        failures.add(e);
                    }
                }));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(failures).as("seed %d", seed).isEmpty();
            assertThat(actions.get()).isGreaterThan(CLIENTS);
            weir.awaitPool(Accounts.DATABASE, "app", "cl_active", "0");
            weir.awaitPool(Accounts.DATABASE, "app", "sv_active", "0");
        }
    }
}
