package dev.weir.proxy.insight;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class QueryTableTest {

    private final QueryTable table = new QueryTable();

    private QueryCounts counts(long fingerprint, int limit) {
        return table.counts("shop", "alice", fingerprint, limit, () -> "text " + fingerprint);
    }

    @Test
    void aStatementIsFoundAgainInItsPoolOnly() {
        QueryCounts first = counts(7, 10);
        assertThat(counts(7, 10)).isSameAs(first);
        assertThat(table.counts("shop", "bob", 7, 10, () -> "other")).isNotSameAs(first);
        assertThat(table.counts("books", "alice", 7, 10, () -> "other")).isNotSameAs(first);
        assertThat(first.text()).isEqualTo("text 7");
    }

    @Test
    void theTableNeverHoldsMoreThanItsLimitAndKeepsWhatIsUsed() {
        QueryCounts busy = counts(-1, 100);
        for (long i = 0; i < 10_000; i++) {
            counts(i * 64, 100); // all in one bucket
            busy.used = true;
        }
        assertThat(table.size()).isEqualTo(100);
        assertThat(table.forgotten()).isEqualTo(10_001 - 100);
        assertThat(table.find("shop", "alice", -1)).isSameAs(busy);
        assertThat(table.find("shop", "alice", 0)).isNull();
        assertThat(table.read()).hasSize(100);
    }

    @Test
    void aSmallerLimitMakesRoomAtTheNextNewOne() {
        for (long i = 0; i < 1000; i++) {
            counts(i, 1000);
        }
        for (long i = 0; i < 1000; i++) {
            assertThat(table.find("shop", "alice", i)).isNotNull();
        }
        counts(5000, 3);
        assertThat(table.read())
                .hasSize(3)
                .extracting(c -> c.key().fingerprint())
                .contains(5000L);
    }
}
