package dev.weir.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.testkit.Accounts;
import dev.weir.proxy.testkit.RawClient;
import dev.weir.proxy.testkit.TestPostgres;
import dev.weir.proxy.testkit.WeirFixture;
import java.util.List;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// `SHOW ADVICE` of a running pooler; its arithmetic has tests of its own.
final class AdviceIT {

    private static final int FINDING = 11;

    @Test
    void tellsWhatTheServerLetsIn() {
        try (WeirFixture weir = WeirFixture.over(TestPostgres.shared())
                        .set("default_pool_size", "4")
                        .start();
                RawClient client = weir.connect(Accounts.APP);
                RawClient console = weir.console()) {
            client.run("SELECT 1");
            // 200 less the 3 reserved ones: a server is asked along with the search for functions
            Awaitility.await().untilAsserted(() -> {
                List<List<@Nullable String>> rows = console.rows("SHOW ADVICE");
                assertThat(rows)
                        .anySatisfy(row -> assertThat(row).startsWith("pool", "app", "app", "4"))
                        .anySatisfy(row -> assertThat(row.get(FINDING))
                                .endsWith("the pools in use may open 4 servers, and need no more; PostgreSQL"
                                        + " lets in 197"))
                        .anySatisfy(row -> assertThat(row.getFirst()).isEqualTo("timeouts"));
            });
        }
    }
}
