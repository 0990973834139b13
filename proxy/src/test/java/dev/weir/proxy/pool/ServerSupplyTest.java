package dev.weir.proxy.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.server.FakeBackend;
import dev.weir.proxy.wire.SqlState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ServerSupplyTest {

    private static final String DATABASE = "[databases]\ndb = host=127.0.0.1\n";

    private static List<FakeSession> ask(TestPools pools, Pool pool, int count) {
        List<FakeSession> sessions = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            sessions.add(pools.ask(pool));
        }
        return sessions;
    }

    private static void assertInUse(Pool pool, int servers) {
        assertThat(pool.servers().used()).isEqualTo(servers);
        assertThat(pool.database().group().servers().used()).isEqualTo(servers);
        assertThat(pool.user().servers().used()).isEqualTo(servers);
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 2", "3, 3", "7, 3"})
    void opensAsManyAsWaitUpToThePoolSize(int clients, int servers) {
        try (TestPools pools = new TestPools(1, "default_pool_size = 3\n" + DATABASE)) {
            Pool pool = pools.pool("db", "user");

            List<FakeSession> sessions = ask(pools, pool, clients);

            assertThat(pools.backends).hasSize(servers);
            assertInUse(pool, servers);
            pools.letIn();
            assertThat(sessions.stream().filter(FakeSession::isServed)).hasSize(servers);
            assertThat(pool.connecting().used()).isZero();
        }
    }

    @Test
    void connectsToAFewAtATimeOnly() {
        try (TestPools pools =
                new TestPools(1, "default_pool_size = 10\nserver_connect_concurrency = 2\n" + DATABASE)) {
            Pool pool = pools.pool("db", "user");
            ask(pools, pool, 5);
            assertThat(pools.backends).hasSize(2);

            pools.backends.getFirst().letIn();
            pools.run();

            assertThat(pools.backends).hasSize(3);
            pools.letIn();
            pools.letIn();
            pools.letIn();
            assertThat(pools.backends).hasSize(5);
            assertThat(pool.connecting().used()).isZero();
        }
    }

    @Test
    void aPausedPoolOpensNothingUntilItGoesOn() {
        try (TestPools pools = new TestPools(1, DATABASE)) {
            Pool pool = pools.pool("db", "user");
            pool.database().pause();
            FakeSession session = pools.ask(pool);
            pool.shard(pools.workers.getFirst()).maintain(System.nanoTime());
            assertThat(pools.backends).isEmpty();

            pool.database().resume();
            pools.letIn();

            assertThat(session.isServed()).isTrue();
        }
    }

    @Test
    void aServerOpenedForWhoHasLeftServesWhoeverComesNext() {
        try (TestPools pools = new TestPools(1, DATABASE)) {
            Pool pool = pools.pool("db", "user");
            FakeSession gone = pools.ask(pool);
            pool.shard(pools.workers.getFirst()).leaveQueue(gone.waiter);
            pools.letIn();

            assertThat(pools.ask(pool).isServed()).isTrue();
            assertThat(gone.isServed()).isFalse();
            assertThat(pools.backends).hasSize(1);
        }
    }

    @ParameterizedTest
    @CsvSource({"max_user_connections", "max_db_connections"})
    void whereALimitBehindIsExhaustedAllPermitsComeBack(String setting) {
        try (TestPools pools = new TestPools(1, setting + " = 1\n" + DATABASE)) {
            Pool pool = pools.pool("db", "user");

            List<FakeSession> sessions = ask(pools, pool, 3);

            assertInUse(pool, 1);
            assertThat(pool.connecting().used()).isEqualTo(1);
            for (FakeSession session : sessions) {
                pools.letIn();
                assertThat(session.isServed()).isTrue();
                session.letGo();
            }
            assertThat(pools.backends).hasSize(1);
            pools.backends.getFirst().hangUp();
            assertInUse(pool, 0);
            assertThat(pool.connecting().used()).isZero();
        }
    }

    @Test
    void whoeverWaitsForALimitIsServedWhenAnotherPoolsServerGoes() {
        try (TestPools pools = new TestPools(1, "max_db_connections = 1\n" + DATABASE)) {
            FakeSession busy = pools.ask(pools.pool("db", "first"));
            pools.letIn();
            FakeSession second = pools.ask(pools.pool("db", "second"));
            FakeSession third = pools.ask(pools.pool("db", "third"));
            assertThat(pools.backends).hasSize(1);

            pools.backends.getFirst().hangUp();
            pools.run();
            pools.letIn();

            assertThat(busy.isServed()).isTrue();
            assertThat(second.isServed()).isTrue();
            assertThat(third.isServed()).isFalse();
            second.letGo();
            pools.run();
            pools.letIn();
            assertThat(third.isServed()).isTrue();
        }
    }

    @Test
    void aLoginThatWaitsForTheFirstServerOfItsPoolIsNotStarvedByAnother() {
        try (TestPools pools = new TestPools(1, "max_db_connections = 1\n" + DATABASE)) {
            Pool greedy = pools.pool("db", "greedy");
            FakeSession busy = pools.ask(greedy);
            pools.letIn();
            List<String> welcomed = new ArrayList<>();
            long since = System.nanoTime();
            pools.pool("db", "modest")
                    .shard(pools.workers.getFirst())
                    .awaitWelcome(error -> welcomed.add(error == null ? "welcome" : error.message()));
            Awaitility.await("longer than anybody has to").until(() -> System.nanoTime() - since > 150_000_000L);
            FakeSession next = pools.ask(greedy);

            busy.letGo();
            pools.run();
            pools.letIn();

            assertThat(welcomed).containsExactly("welcome");
            assertThat(next.isServed()).isFalse();
        }
    }

    @Test
    void anUnreachableServerIsTriedAgainAfterAPause() {
        try (TestPools pools = new TestPools(1, DATABASE)) {
            Pool pool = pools.pool("db", "user");
            FakeSession session = pools.ask(pool);

            pools.backends.getFirst().hangUp();
            pools.run();

            assertThat(pools.backends).hasSize(1);
            assertInUse(pool, 0);
            assertThat(pool.connecting().used()).isZero();
            Awaitility.await("another attempt")
                    .pollInterval(Duration.ofMillis(5))
                    .until(() -> {
                        pools.run();
                        return pools.backends.size() == 2;
                    });
            pools.letIn();
            assertThat(session.isServed()).isTrue();
        }
    }

    @Test
    void whoeverIsRefusedForGoodHearsItAndNobodyIsTriedInVain() {
        try (TestPools pools = new TestPools(1, DATABASE)) {
            FakeSession session = pools.ask(pools.pool("db", "user"));

            pools.backends.getFirst().refuse(SqlState.INVALID_PASSWORD, "wrong");

            assertThat(session.refused).isNotNull();
            assertThat(session.waiter.isQueued()).isFalse();
            assertThat(pools.backends).hasSize(1);
        }
    }

    @Test
    void theReserveIsForFullPoolsOnly() {
        try (TestPools pools = new TestPools(1, "default_pool_size = 1\nreserve_pool_size = 1\n" + DATABASE)) {
            Pool pool = pools.pool("db", "user");
            ServerSupply supply = new ServerSupply(pool.shard(pools.workers.getFirst()));
            supply.openFromReserve();
            assertThat(pools.backends).isEmpty();

            ask(pools, pool, 3);
            pools.letIn();
            supply.openFromReserve();
            pools.letIn();
            supply.openFromReserve();

            assertThat(pools.backends).hasSize(2);
            assertInUse(pool, 2);
            assertThat(pool.connecting().used()).isZero();
        }
    }

    @Test
    void theReserveGoesByTheLimitsBehind() {
        try (TestPools pools =
                new TestPools(1, "default_pool_size = 1\nreserve_pool_size = 1\nmax_db_connections = 1\n" + DATABASE)) {
            Pool pool = pools.pool("db", "user");
            pools.ask(pool);
            pools.letIn();

            new ServerSupply(pool.shard(pools.workers.getFirst())).openFromReserve();

            assertThat(pools.backends).hasSize(1);
            assertInUse(pool, 1);
            assertThat(pool.connecting().used()).isZero();
        }
    }

    @Test
    void maintenanceOpensTheReserveAfterItsTimeoutOnly() {
        try (TestPools pools = new TestPools(
                1, "default_pool_size = 1\nreserve_pool_size = 1\nreserve_pool_timeout = 60\n" + DATABASE)) {
            Pool pool = pools.pool("db", "user");
            pools.ask(pool);
            pools.letIn();
            FakeSession waiting = pools.ask(pool);
            PoolShard shard = pool.shard(pools.workers.getFirst());
            long soon = waiting.waiter.sinceNanos() + Duration.ofSeconds(60).toNanos();

            shard.maintain(soon);
            assertThat(pools.backends).hasSize(1);
            shard.maintain(soon + 1);
            pools.letIn();

            assertThat(pools.backends).hasSize(2);
            assertThat(waiting.isServed()).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource({"3, 10, 5, 3", "3, 2, 5, 2", "3, 10, 1, 1", "0, 10, 5, 0"})
    void fillsUpToTheMinimumWithinTheLimits(int minimum, int size, int databaseMax, int expected) {
        try (TestPools pools = new TestPools(
                1,
                "min_pool_size = " + minimum + "\ndefault_pool_size = " + size + "\nmax_db_connections = " + databaseMax
                        + "\nserver_connect_concurrency = 10\n" + DATABASE)) {
            Pool pool = pools.pool("db", "user");
            PoolShard shard = pool.shard(pools.workers.getFirst());
            shard.maintain(System.nanoTime());
            assertThat(pools.backends).as("while it has no clients").isEmpty();

            pool.clients().incrementAndGet();
            for (int i = 0; i < 3; i++) {
                shard.maintain(System.nanoTime());
                pools.letIn();
            }

            assertThat(pools.backends).hasSize(expected);
            assertInUse(pool, expected);
        }
    }

    @Test
    void aFreeServerOfAnotherLoopIsCalledOver() {
        try (TestPools pools = new TestPools(2, "default_pool_size = 1\n" + DATABASE)) {
            Pool pool = pools.pool("db", "user");
            FakeBackend there = pools.free(pool);

            FakeSession here = pools.ask(pool, 1);
            pools.run();

            assertThat(pools.backends).hasSize(1);
            assertThat(here.isServed()).isTrue();
            assertThat(here.server).isSameAs(there.server());
            assertThat(there.server().owner()).isSameAs(pool.shard(pools.workers.get(1)));
        }
    }
}
