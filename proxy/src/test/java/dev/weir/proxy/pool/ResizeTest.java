package dev.weir.proxy.pool;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Sizes that are not the configuration's. */
final class ResizeTest {

    private static final String DATABASES = "default_pool_size = 1\n[databases]\ndb = host=127.0.0.1\n";
    private static final String SCALED = "autoscale_pools = 1\n" + DATABASES;

    @Test
    void whoWaitsGetsAServerOfTheLargerPool() {
        try (TestPools pools = new TestPools(1, SCALED)) {
            Pool pool = pools.pool("db", "u");
            FakeSession first = pools.ask(pool);
            FakeSession second = pools.ask(pool);
            pools.letIn();
            assertThat(first.isServed()).isTrue();
            assertThat(second.isServed()).isFalse();

            pools.registry.resize("db", "u", 2);
            pools.run();
            pools.letIn();
            assertThat(second.isServed()).isTrue();

            pools.registry.resize("db", "u", 1);
            pools.run();
            first.letGo();
            pools.run();
            assertThat(pools.open()).isEqualTo(1);
        }
    }

    @Test
    void aReloadKeepsItUntilItIsSwitchedOff() {
        try (TestPools pools = new TestPools(1, SCALED)) {
            Pool pool = pools.pool("db", "u");
            pools.registry.resize("db", "u", 7);
            pools.configure("query_timeout = 9\n" + SCALED);
            assertThat(pool.rules().size()).isEqualTo(7);
            pools.configure(DATABASES);
            assertThat(pool.rules().size()).isEqualTo(1);
            pools.registry.resize("db", "u", 7);
            assertThat(pool.rules().size()).isEqualTo(1);
        }
    }
}
