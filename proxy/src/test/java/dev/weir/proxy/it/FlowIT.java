package dev.weir.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.testkit.Accounts;
import dev.weir.proxy.testkit.Frontend;
import dev.weir.proxy.testkit.LeakGuard;
import dev.weir.proxy.testkit.Message;
import dev.weir.proxy.testkit.RawClient;
import dev.weir.proxy.testkit.TestPostgres;
import dev.weir.proxy.testkit.WeirFixture;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.netty.util.internal.PlatformDependent;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Large messages pass in pieces, and whoever does not read stops only itself.
@ExtendWith(LeakGuard.class)
class FlowIT {
    private static final int LARGE = 200_000_000;
    private static final int PIECE = 1_000_000;
    /// Far less than a large message, far more than the buffers that a connection needs.
    private static final long MEMORY_BOUND = 40_000_000;

    private static WeirFixture weir;

    @BeforeAll
    static void start() {
        weir = WeirFixture.over(TestPostgres.local())
                .set("default_pool_size", "4")
                .start();
    }

    @AfterAll
    static void stop() {
        weir.close();
    }

    /// Direct memory that Netty holds, by its own book or by that of its allocator, whichever knows more.
    private static long usedMemory() {
        long pooled = ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT)
                .metric()
                .usedDirectMemory();
        return Math.max(pooled, PlatformDependent.usedDirectMemory());
    }

    @Test
    void aLargeRowPassesInLittleMemory() {
        try (RawClient client = weir.connect(Accounts.APP)) {
            long before = usedMemory();
            long most = before;
            client.send(Frontend.query("SELECT repeat('x', " + LARGE + ")"));
            client.expect("T");
            long row = client.wire().readHead('D');
            assertThat(row).isEqualTo(LARGE + 6);
            for (long left = row; left > 0; left -= PIECE) {
                client.wire().skip((int) Math.min(PIECE, left));
                most = Math.max(most, usedMemory());
            }
            client.expect("CZ");
            assertThat(most - before).isLessThan(MEMORY_BOUND);
        }
    }

    @Test
    void aLargeParameterPassesInLittleMemory() {
        try (RawClient client = weir.connect(Accounts.APP)) {
            long before = usedMemory();
            long most = before;
            client.send(Frontend.parse("", "SELECT octet_length($1::bytea)"));
            client.send(head('B', 2 + 4 + 2 + 4 + (long) LARGE + 2));
            client.send(new byte[2], Frontend.int16(1), Frontend.int16(1), Frontend.int16(1), Frontend.int32(LARGE));
            byte[] piece = new byte[PIECE];
            for (int sent = 0; sent < LARGE; sent += PIECE) {
                client.send(piece);
                most = Math.max(most, usedMemory());
            }
            client.send(Frontend.int16(0), Frontend.execute("", 0), Frontend.sync());
            List<Message> answer = client.readUntilReady();
            assertThat(answer)
                    .anyMatch(message ->
                            message.type() == 'D' && message.columns().equals(List.of(String.valueOf(LARGE))));
            assertThat(most - before).isLessThan(MEMORY_BOUND);
        }
    }

    private static byte[] head(char type, long bodyBytes) {
        return Frontend.lying(type, (int) bodyBytes + 4);
    }

    @Test
    void aLargeCopyPassesBothWaysInLittleMemory() {
        try (RawClient client = weir.connect(Accounts.APP)) {
            client.run("BEGIN; CREATE TEMP TABLE large (line text) ON COMMIT DROP");
            long before = usedMemory();
            long most = before;
            client.send(Frontend.query("COPY large FROM STDIN"));
            client.readUntil('G');
            byte[] line = Frontend.copyData("l".repeat(PIECE - 1) + "\n");
            for (int i = 0; i < 100; i++) {
                client.send(line);
                most = Math.max(most, usedMemory());
            }
            client.send(Frontend.copyDone());
            client.readUntilReady();
            client.send(Frontend.query("COPY large TO STDOUT"));
            long received = 0;
            for (Message message = client.read(); message.type() != 'Z'; message = client.read()) {
                received += message.type() == 'd' ? message.body().length : 0;
                most = Math.max(most, usedMemory());
            }
            client.run("ROLLBACK");
            assertThat(received).isEqualTo(100L * PIECE);
            assertThat(most - before).isLessThan(MEMORY_BOUND);
        }
    }

    @Test
    void aClientThatDoesNotReadStopsOnlyItsOwnServer() {
        try (RawClient lazy = RawClient.open(weir.tcp());
                RawClient busy = weir.connect(Accounts.APP)) {
            lazy.wire().smallReceiveBuffer();
            lazy.login(Accounts.APP);
            long before = usedMemory();
            lazy.send(Frontend.query("SELECT repeat('x', 1000000) FROM generate_series(1, 40)"));
            awaitBlockedWriting();
            for (int i = 0; i < 200; i++) {
                assertThat(busy.value("SELECT " + i)).isEqualTo(String.valueOf(i));
            }
            assertThat(usedMemory() - before).isLessThan(MEMORY_BOUND);
            List<Message> answer = lazy.readUntilReady();
            assertThat(answer.stream().filter(message -> message.type() == 'D')).hasSize(40);
        }
    }

    private static void awaitBlockedWriting() {
        try (RawClient observer = TestPostgres.local().superuser("postgres")) {
            Awaitility.await("server blocked by its client")
                    .atMost(Duration.ofSeconds(15))
                    .until(() -> observer.value("SELECT count(*) FROM pg_stat_activity WHERE datname = 'app'"
                                    + " AND wait_event = 'ClientWrite'")
                            .equals("1"));
        }
    }

    @Test
    void aServerThatDoesNotReadStopsOnlyItsOwnClient() {
        try (RawClient sender = weir.connect(Accounts.APP);
                RawClient busy = weir.connect(Accounts.APP)) {
            long backend = Long.parseLong(sender.value("SELECT pg_backend_pid()"));
            sender.run("BEGIN; CREATE TEMP TABLE slow (line text) ON COMMIT DROP");
            sender.send(Frontend.query("COPY slow FROM STDIN"));
            sender.readUntil('G');
            long before = usedMemory();
            TestPostgres.local().freeze(backend);
            byte[] line = Frontend.copyData("l".repeat(PIECE - 1) + "\n");
            int sent = 0;
            int offset = 0;
            try {
                int stuck = 0;
                while (stuck < 20 && sent < 500_000_000) {
                    int count = sender.wire().sendWithoutWaiting(line, offset);
                    offset = (offset + count) % line.length;
                    sent += count;
                    stuck = count == 0 ? stuck + 1 : 0;
                    // A query through another connection gives the pooler time to take more, if it would.
                    assertThat(busy.value("SELECT 1")).isEqualTo("1");
                }
                assertThat(usedMemory() - before).isLessThan(MEMORY_BOUND);
            } finally {
                TestPostgres.local().thaw(backend);
            }
            assertThat(sent).isLessThan(100_000_000);
            sender.send(java.util.Arrays.copyOfRange(line, offset, line.length), Frontend.copyDone());
            sender.readUntilReady();
            sender.run("ROLLBACK");
        }
    }
}
