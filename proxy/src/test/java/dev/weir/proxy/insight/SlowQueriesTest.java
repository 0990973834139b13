package dev.weir.proxy.insight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.testkit.LogLines;
import org.junit.jupiter.api.Test;

final class SlowQueriesTest {

    private static final long SECOND = 1_000_000_000L;

    private final SlowQueries slow = new SlowQueries();

    private static SlowQuery query(int number) {
        return new SlowQuery("shop", "alice", 1, null, null, "app", 4711, 0, number, 0, 0, false, "select $1");
    }

    @Test
    void theLastOnesAreRememberedTheLastFirst() {
        long now = System.nanoTime();
        for (int i = 0; i < SlowQueries.HISTORY + 50; i++) {
            slow.add(query(i), "C-1", now);
        }
        assertThat(slow.read()).hasSize(SlowQueries.HISTORY).first().isEqualTo(query(SlowQueries.HISTORY + 49));
        assertThat(slow.count("shop", "alice")).isEqualTo(SlowQueries.HISTORY + 50);
        assertThat(slow.count("shop", "bob")).isZero();
    }

    @Test
    void aFloodIsNotLogged() {
        long now = System.nanoTime();
        try (LogLines log = LogLines.of("dev.weir.proxy.insight.SlowQueries")) {
            for (int i = 0; i < 100; i++) {
                slow.add(query(i), "C-1", now);
            }
            assertThat(log.lines()).hasSize(SlowQueries.LINES_PER_SECOND);
            slow.add(query(100), "C-1", now + 2 * SECOND);
            assertThat(log.lines())
                    .hasSize(SlowQueries.LINES_PER_SECOND + 2)
                    .anySatisfy(line -> assertThat(line).contains("80 slow queries more were not logged"));
        }
    }
}
