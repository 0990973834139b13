package dev.weir.proxy.statement;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

final class StatementTextsTest {

    private final StatementTexts texts = new StatementTexts(() -> 0L);

    @Test
    void whoeverPreparesTheSameTextSharesIt() {
        PreparedStatement first = Definitions.acquire(texts, definition("select 1"));
        PreparedStatement second = Definitions.acquire(texts, definition("select 1"));
        PreparedStatement other = Definitions.acquire(texts, definition("select 2"));

        assertThat(second).isSameAs(first);
        assertThat(other).isNotEqualTo(first);
        assertThat(other.serverName()).isNotEqualTo(first.serverName());
        assertThat(texts.size()).isEqualTo(2);
        assertThat(texts.bytes()).isEqualTo(2 * Definitions.bytes("select 1\0\0\0"));
    }

    @Test
    void aTextIsForgottenWithItsLastUse() {
        PreparedStatement statement = Definitions.acquire(texts, definition("select 1"));
        texts.retainForServer(statement);

        texts.release(statement);
        assertThat(texts.size()).isEqualTo(1);
        assertThat(texts.openBytes()).isZero();
        texts.releaseFromServer(statement);

        assertThat(texts.size()).isZero();
        assertThat(texts.bytes()).isZero();
        assertThat(Definitions.acquire(texts, definition("select 1")).serverName())
                .as("a server that still had the old one would be asked for another")
                .isNotEqualTo(statement.serverName());
    }

    @Test
    void whatClientsHaveOpenIsLimitedAndCountedOnce() {
        StatementTexts limited = new StatementTexts(() -> 2 * Definitions.bytes("select 1\0\0\0"));
        PreparedStatement first = Definitions.acquire(limited, definition("select 1"));
        Definitions.acquire(limited, definition("select 2"));

        assertThat(Definitions.tryAcquire(limited, definition("select 3"))).isNull();
        assertThat(Definitions.tryAcquire(limited, definition("select 1"))).isSameAs(first);
        assertThat(limited.openBytes()).isEqualTo(2 * Definitions.bytes("select 1\0\0\0"));

        limited.retainForServer(first);
        limited.release(first);
        limited.release(first);
        assertThat(Definitions.tryAcquire(limited, definition("select 3"))).isNotNull();
        assertThat(limited.areCrowded()).as("the server still knows the first").isTrue();
        assertThat(Definitions.tryAcquire(limited, definition("select 1"))).isNull();
        limited.releaseFromServer(first);
        assertThat(limited.areCrowded()).isFalse();
    }

    @Test
    void typesOfParametersTellStatementsApart() {
        PreparedStatement untyped = Definitions.acquire(texts, "select $1\0\0\0".getBytes(StandardCharsets.US_ASCII));
        PreparedStatement typed =
                Definitions.acquire(texts, "select $1\0\0\1\0\0\0\27".getBytes(StandardCharsets.US_ASCII));

        assertThat(typed).isNotEqualTo(untyped);
    }

    @Test
    void countsRightWhileManyThreadsPrepareAndClose() throws Exception {
        long seed = Long.getLong("fuzz.seed", System.nanoTime());
        List<Callable<Void>> clients = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Random random = new Random(seed + i);
            clients.add(() -> prepareAndClose(random));
        }
        try (ExecutorService threads = Executors.newFixedThreadPool(clients.size())) {
            for (Future<Void> client : threads.invokeAll(clients)) {
                client.get();
            }
        }
        assertThat(texts.size()).as("-Dfuzz.seed=%d", seed).isZero();
        assertThat(texts.bytes()).as("-Dfuzz.seed=%d", seed).isZero();
    }

    private @org.jspecify.annotations.Nullable Void prepareAndClose(Random random) {
        List<PreparedStatement> held = new ArrayList<>();
        for (int i = 0; i < 50_000; i++) {
            if (held.size() < 5 && random.nextBoolean()) {
                held.add(Definitions.acquire(texts, definition("select " + random.nextInt(4))));
            } else if (!held.isEmpty()) {
                PreparedStatement statement = held.remove(random.nextInt(held.size()));
                if (random.nextInt(4) == 0) {
                    texts.retainForServer(statement);
                    texts.releaseFromServer(statement);
                }
                // held here, so nobody may have got another for this text
                PreparedStatement again = Definitions.acquire(texts, statement.definition());
                assertThat(again).isSameAs(statement);
                texts.release(again);
                texts.release(statement);
            }
        }
        held.forEach(texts::release);
        return null;
    }

    private static byte[] definition(String sql) {
        return (sql + "\0\0\0").getBytes(StandardCharsets.US_ASCII);
    }
}
