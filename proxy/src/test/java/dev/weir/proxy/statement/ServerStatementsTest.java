package dev.weir.proxy.statement;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

final class ServerStatementsTest {

    private final StatementTexts texts = new StatementTexts(() -> 0L);
    private final ServerStatements server = new ServerStatements(texts, () -> "schema");
    private final PreparedStatement first = prepare("select 1");
    private final PreparedStatement second = prepare("select 2");

    @Test
    void theOneUnusedForLongestIsTheFirstToGo() {
        server.add(first);
        server.add(second);
        assertThat(server.findEvictable(3, List.of())).isEmpty();
        assertThat(server.findEvictable(2, List.of())).containsExactly(first);

        assertThat(server.use(first)).isTrue();

        assertThat(server.findEvictable(2, List.of())).containsExactly(second);
        assertThat(server.findEvictable(1, List.of())).startsWith(second);
    }

    @Test
    void whatItKnowsStaysThoughNoClientHasIt() {
        server.add(first);
        server.add(first);
        texts.release(first);
        texts.release(second);
        assertThat(texts.size()).isEqualTo(1);
        assertThat(prepare("select 1")).isSameAs(first);
        texts.release(first);

        server.remove(first);
        server.remove(first);

        assertThat(texts.size()).isZero();
        assertThat(server.use(first)).isFalse();
    }

    @Test
    void oneOfTheSameTextIsNotTakenForAnother() {
        texts.release(first);
        PreparedStatement again = prepare("select 1");
        assertThat(again).isNotSameAs(first).isEqualTo(first);

        server.add(first); // somebody still executes it by its old name

        assertThat(server.use(first)).isTrue();
        assertThat(server.use(again)).isFalse();
        assertThat(server.isConfirmed(again)).isFalse();
        var removed = Objects.requireNonNull(server.remove(again));
        assertThat(removed.statement()).isSameAs(first);
        server.add(again);
        texts.release(again);
        assertThat(texts.size()).isEqualTo(2);
        server.remove(first);
        assertThat(texts.size()).isEqualTo(1);
    }

    @Test
    void clearingLetsGoOfAll() {
        server.add(first);
        server.add(second);
        texts.release(first);
        texts.release(second);

        server.clear();

        assertThat(server.size()).isZero();
        assertThat(texts.size()).isZero();
        assertThat(server.findEvictable(1, List.of())).isEmpty();
    }

    private PreparedStatement prepare(String sql) {
        return Definitions.acquire(texts, (sql + "\0\0\0").getBytes(StandardCharsets.US_ASCII));
    }
}
