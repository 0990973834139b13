package dev.weir.proxy.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.server.FakeBackend;
import java.time.Duration;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

final class HousekeepingTest {

    private static final long PERIOD_MILLIS = 200;

    private static TestPools start(String lines) {
        TestPools pools = new TestPools(1, lines);
        new Housekeeping(pools.registry, pools::config).start(pools.workers);
        pools.run();
        return pools;
    }

    /** Lets one round come. */
    private static void goOn(TestPools pools) {
        pools.advance(PERIOD_MILLIS);
        pools.letIn();
    }

    private static void await(TestPools pools, String what, Runnable assertion) {
        Awaitility.await(what).pollInterval(Duration.ofMillis(5)).untilAsserted(() -> {
            goOn(pools);
            assertion.run();
        });
    }

    @Test
    void aDatabaseThatNamesItsRoleIsFilledBeforeAnyClientComes() {
        try (TestPools pools = start("""
            min_pool_size = 2
            [databases]
            forced = host=127.0.0.1 user=role
            free = host=127.0.0.1
            none = host=127.0.0.1 user=role min_pool_size=0
            """)) {
            goOn(pools);
            goOn(pools);

            assertThat(pools.open()).isEqualTo(2);
            assertThat(pools.registry.pools()).extracting(Pool::key).containsExactly(new PoolKey("forced", "role"));
        }
    }

    @Test
    void aDatabaseThatNobodyEverReachedGoesSoon() {
        try (TestPools pools = start("[databases]\n* = host=127.0.0.1\n")) {
            pools.pool("made_up", "asker");

            Awaitility.await()
                    .pollInterval(Duration.ofMillis(50))
                    .atMost(Duration.ofSeconds(40))
                    .untilAsserted(() -> {
                        goOn(pools);
                        assertThat(pools.registry.databases()).isEmpty();
                    });
        }
    }

    @Test
    void theMinimumIsKeptWhenServersGo() {
        try (TestPools pools = start("min_pool_size = 2\n[databases]\ndb = host=127.0.0.1 user=role\n")) {
            goOn(pools);
            assertThat(pools.backends).hasSize(2);

            pools.backends.getFirst().hangUp();
            goOn(pools);

            assertThat(pools.backends).hasSize(3);
            assertThat(pools.open()).isEqualTo(2);
        }
    }

    @Test
    void serversAreClosedWhenIdleForLongButNotBelowTheMinimum() {
        try (TestPools pools = start("""
            min_pool_size = 1
            server_idle_timeout = 0.001
            [databases]
            db = host=127.0.0.1
            """)) {
            Pool pool = pools.pool("db", "user");
            pool.clients().incrementAndGet();
            FakeSession first = pools.ask(pool);
            FakeSession second = pools.ask(pool);
            pools.letIn();
            first.letGo();
            second.letGo();

            await(pools, "one server left", () -> assertThat(pools.open()).isEqualTo(1));
            FakeBackend kept = pools.backends.stream()
                    .filter(FakeBackend::isOpen)
                    .findFirst()
                    .orElseThrow();
            for (int i = 0; i < 5; i++) {
                goOn(pools);
            }
            assertThat(kept.isOpen()).isTrue();
            assertThat(pools.backends).hasSize(2);
        }
    }

    @Test
    void serversWhoseNameMeansAnotherHostByNowAreClosedWhenFree() {
        try (TestPools pools = start("[databases]\ndb = host=127.0.0.1\n")) {
            Pool pool = pools.pool("db", "user");
            pool.clients().incrementAndGet();
            FakeSession busy = pools.ask(pool);
            FakeSession idle = pools.ask(pool);
            FakeSession staying = pools.ask(pool);
            pools.letIn();
            idle.letGo();
            staying.letGo();
            pools.moved.add(Objects.requireNonNull(busy.server));
            pools.moved.add(pools.backends.get(1).server());
            assertThat(pool.shard(pools.workers.getFirst()).hasOldServers()).isTrue();

            goOn(pools);
            assertThat(pools.open()).as("one is in use, one is where it was").isEqualTo(2);
            busy.letGo();
            assertThat(pools.open()).isEqualTo(1);
            assertThat(pools.backends.get(2).isOpen()).isTrue();
        }
    }

    @Test
    void aPoolThatNobodyUsesIsForgottenWithItsUser() {
        try (TestPools pools = start("pool_idle_timeout = 0.001\n[databases]\ndb = host=127.0.0.1\n")) {
            Pool used = pools.pool("db", "used");
            used.clients().incrementAndGet();
            pools.pool("db", "unused");

            await(
                    pools,
                    "the pool is forgotten",
                    () -> assertThat(pools.registry.pools()).containsExactly(used));
            assertThat(pools.registry.users()).containsExactly(used.user());
            assertThat(used.database().group().pools()).containsExactly(used);

            used.clients().decrementAndGet();
            await(
                    pools,
                    "the other too",
                    () -> assertThat(pools.registry.pools()).isEmpty());
            assertThat(pools.registry.databases()).containsExactly(used.database());
        }
    }

    @Test
    void poolsStayUnlessThereIsATimeoutForThem() {
        try (TestPools pools = start("pool_idle_timeout = 0\n[databases]\ndb = host=127.0.0.1\n")) {
            Pool pool = pools.pool("db", "user");
            for (int i = 0; i < 10; i++) {
                goOn(pools);
            }

            assertThat(pools.registry.pools()).containsExactly(pool);
        }
    }

    @Test
    void aDatabaseMadeOnDemandIsForgottenAfterAutodbIdleTimeout() {
        try (TestPools pools = start("""
            autodb_idle_timeout = 0.001
            [databases]
            listed = host=127.0.0.1
            * = host=127.0.0.1
            """)) {
            Pool listed = pools.pool("listed", "user");
            Pool automatic = pools.pool("automatic", "user");
            assertThat(automatic.database().group().admitClient()).isTrue();
            for (int i = 0; i < 3; i++) {
                goOn(pools);
            }
            assertThat(pools.registry.findDatabase("automatic"))
                    .as("has a client")
                    .isNotNull();

            automatic.database().group().onClientGone();

            await(
                    pools,
                    "forgotten",
                    () -> assertThat(pools.registry.findDatabase("automatic")).isNull());
            assertThat(pools.registry.pools()).containsExactly(listed);
            assertThat(pools.registry.findDatabase("listed")).isNotNull();
        }
    }

    @Test
    void aDatabaseThatWasTakenOutOfTheConfigurationGoesWithItsLastClient() {
        try (TestPools pools = start("[databases]\ngone = host=127.0.0.1\nkept = host=127.0.0.1\n")) {
            PooledDatabase gone = pools.pool("gone", "user").database();
            pools.pool("kept", "user");
            assertThat(gone.group().admitClient()).isTrue();

            pools.configure("[databases]\nkept = host=127.0.0.1\n");
            goOn(pools);
            assertThat(pools.registry.findDatabase("gone")).isSameAs(gone);

            gone.group().onClientGone();
            goOn(pools);

            assertThat(pools.registry.findDatabase("gone")).isNull();
            assertThat(pools.registry.findDatabase("kept")).isNotNull();
        }
    }

    @Test
    void theServersOfAPoolAreNotRetiredAllAtOnce() {
        try (TestPools pools =
                new TestPools(1, "server_lifetime = 10\ndefault_pool_size = 5\n[databases]\ndb = host=127.0.0.1\n")) {
            Pool pool = pools.pool("db", "user");
            long now = System.nanoTime();

            assertThat(pool.mayRetire(now)).isTrue();
            assertThat(pool.mayRetire(now + Duration.ofMillis(1_999).toNanos())).isFalse();
            assertThat(pool.mayRetire(now + Duration.ofMillis(2_000).toNanos())).isTrue();
            assertThat(pool.mayRetire(now + Duration.ofMillis(2_001).toNanos())).isFalse();
        }
    }

    @Test
    void whoeverWaitsIsServedEvenByAServerThatIsTooOldAlready() {
        try (TestPools pools =
                start("server_lifetime = 0.001\ndefault_pool_size = 4\n[databases]\ndb = host=127.0.0.1\n")) {
            Pool pool = pools.pool("db", "user");
            FakeSession first = pools.ask(pool);
            FakeSession second = pools.ask(pool);
            Awaitility.await("old enough").until(() -> System.nanoTime() - first.waiter.sinceNanos() > 1_000_000);
            pools.letIn();

            assertThat(first.isServed()).isTrue();
            assertThat(second.isServed()).isTrue();
            first.letGo();
            second.letGo();
            await(pools, "all are gone", () -> assertThat(pools.open()).isZero());
            assertThat(pool.servers().used()).isZero();
        }
    }

    @Test
    void aServerWithoutALifetimeServesOnceAndMayWaitForThat() {
        try (TestPools pools =
                start("server_lifetime = 0\n[databases]\ndb = host=127.0.0.1 user=role min_pool_size=1\n")) {
            goOn(pools);
            for (int i = 0; i < 3; i++) {
                goOn(pools);
            }
            assertThat(pools.backends).as("an unused one stays").hasSize(1);

            FakeSession session = pools.ask(pools.pool("db", "role"));
            assertThat(session.isServed()).isTrue();
            session.letGo();

            assertThat(pools.backends.getFirst().isOpen()).isFalse();
        }
    }
}
