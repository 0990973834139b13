package dev.weir.proxy.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.server.FakeBackend;
import org.junit.jupiter.api.Test;

final class EvictionTest {

    @Test
    void theServerThatWasFreeForLongestGivesWay() {
        try (TestPools pools = new TestPools(1, "max_db_connections = 2\n[databases]\ndb = host=127.0.0.1\n")) {
            FakeBackend oldest = pools.free(pools.pool("db", "first"));
            FakeBackend newer = pools.free(pools.pool("db", "second"));

            FakeSession needy = pools.ask(pools.pool("db", "third"));
            pools.run();
            pools.letIn();

            assertThat(oldest.isOpen()).isFalse();
            assertThat(newer.isOpen()).isTrue();
            assertThat(needy.isServed()).isTrue();
            assertThat(pools.pool("db", "third").database().group().servers().used())
                    .isEqualTo(2);
        }
    }

    @Test
    void aServerInUseIsWaitedFor() {
        try (TestPools pools = new TestPools(1, "max_db_connections = 1\n[databases]\ndb = host=127.0.0.1\n")) {
            FakeSession busy = pools.ask(pools.pool("db", "first"));
            pools.letIn();

            FakeSession needy = pools.ask(pools.pool("db", "second"));
            pools.run();
            assertThat(pools.backends).hasSize(1);
            assertThat(pools.backends.getFirst().isOpen()).isTrue();

            busy.letGo();
            pools.run();
            pools.letIn();
            assertThat(needy.isServed()).isTrue();
            assertThat(pools.open()).isEqualTo(1);
        }
    }

    @Test
    void underTheLimitOfAUserOnlyItsOwnServersGiveWay() {
        try (TestPools pools = new TestPools(1, """
            max_user_connections = 1
            [databases]
            one = host=127.0.0.1
            two = host=127.0.0.1
            """)) {
            FakeBackend stranger = pools.free(pools.pool("one", "stranger"));
            FakeBackend own = pools.free(pools.pool("one", "user"));

            FakeSession needy = pools.ask(pools.pool("two", "user"));
            pools.run();
            pools.letIn();

            assertThat(own.isOpen()).isFalse();
            assertThat(stranger.isOpen()).isTrue();
            assertThat(needy.isServed()).isTrue();
        }
    }

    @Test
    void oneRequestCostsOneServer() {
        try (TestPools pools = new TestPools(1, "max_db_connections = 3\n[databases]\ndb = host=127.0.0.1\n")) {
            for (String user : new String[] {"first", "second", "third"}) {
                pools.free(pools.pool("db", user));
            }

            pools.ask(pools.pool("db", "fourth"));
            pools.run();

            assertThat(pools.backends).hasSize(4);
            assertThat(pools.open()).isEqualTo(3);
        }
    }

    @Test
    void whereNothingIsFreeNobodyIsAsked() {
        try (TestPools pools = new TestPools(1, "max_db_connections = 1\n[databases]\ndb = host=127.0.0.1\n")) {
            pools.ask(pools.pool("db", "first"));

            assertThat(Eviction.askFor(pools.pool("db", "second"))).isFalse();
        }
    }
}
