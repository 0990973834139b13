package dev.weir.proxy.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

final class BudgetTest {

    private final AtomicInteger limit = new AtomicInteger(1);
    private final Budget budget = new Budget(limit::get);
    private final List<String> told = new ArrayList<>();

    @Test
    void noMorePermitsThanTheLimitButForTheExtraOnes() {
        limit.set(2);

        assertThat(budget.tryAcquire(0)).isTrue();
        assertThat(budget.tryAcquire(0)).isTrue();
        assertThat(budget.tryAcquire(0)).isFalse();
        assertThat(budget.claimSurplus()).isFalse();
        assertThat(budget.tryAcquire(1)).isTrue();
        assertThat(budget.tryAcquire(1)).isFalse();
        assertThat(budget.used()).isEqualTo(3);
        assertThat(budget.claimSurplus()).isTrue();
    }

    /** Two event loops whose servers become free at the same time must not both give up the last one too many. */
    @Test
    void noMoreAreGivenUpThanThereAreTooMany() {
        limit.set(2);
        budget.tryAcquire(0);
        budget.tryAcquire(0);
        budget.tryAcquire(2);
        budget.tryAcquire(2);
        assertThat(budget.claimSurplus()).isTrue();
        assertThat(budget.claimSurplus()).isTrue();
        assertThat(budget.claimSurplus()).isFalse();
        budget.releaseSurplus();
        budget.releaseSurplus();
        assertThat(budget.used()).isEqualTo(2);
        assertThat(budget.claimSurplus()).isFalse();
        limit.set(1);
        assertThat(budget.claimSurplus()).isTrue();
    }

    @Test
    void noLimitIsNoLimit() {
        limit.set(0);
        for (int i = 0; i < 1000; i++) {
            assertThat(budget.acquire(applicant("a"))).isTrue();
        }
        assertThat(budget.claimSurplus()).isFalse();
        assertThat(budget.findApplicant(anybody -> true)).isNull();
    }

    @Test
    void whoFoundNoneIsToldInOrder() {
        Budget.Applicant first = applicant("first");
        Budget.Applicant second = applicant("second");
        budget.tryAcquire(0);
        assertThat(budget.acquire(first)).isFalse();
        assertThat(budget.acquire(second)).isFalse();
        assertThat(budget.acquire(first)).as("is noted once").isFalse();
        assertThat(budget.findApplicant(anybody -> true)).isSameAs(first);

        budget.release();
        assertThat(told).containsExactly("first");
        budget.withdraw(first); // as one who does not want it passes it on

        assertThat(told).containsExactly("first", "second");
        assertThat(budget.acquire(first)).as("overtakes nobody").isFalse();
        assertThat(budget.acquire(second)).isTrue();
        assertThat(budget.findApplicant(anybody -> true)).isSameAs(first);
    }

    @Test
    void nobodyIsToldOfWhatIsNotThere() {
        budget.tryAcquire(0);
        budget.tryAcquire(1);
        budget.acquire(applicant("waits"));

        budget.release();
        budget.tellNext();

        assertThat(told).as("still as many as the limit").isEmpty();
        budget.release();
        assertThat(told).containsExactly("waits");
    }

    @Test
    void whoWithdrawsIsNotTold() {
        Budget.Applicant first = applicant("first");
        budget.tryAcquire(0);
        budget.acquire(first);
        budget.acquire(applicant("second"));

        budget.withdraw(first);
        budget.release();

        assertThat(told).containsExactly("second");
    }

    @Test
    void saysWhenItIsEmpty() {
        assertThat(budget.whenEmpty()).isCompleted();
        budget.tryAcquire(0);
        budget.tryAcquire(1);
        CompletableFuture<Void> empty = budget.whenEmpty();

        budget.release();
        assertThat(empty).isNotDone();
        budget.release();

        assertThat(empty).isCompleted();
    }

    @Test
    void manyThreadsNeverHoldMoreThanTheLimitAndNoneIsForgotten() throws Exception {
        long seed = Long.getLong("fuzz.seed", System.nanoTime());
        limit.set(2);
        AtomicInteger held = new AtomicInteger();
        List<Callable<Integer>> shards = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            Random random = new Random(seed + i);
            shards.add(() -> new Shard(random).serve(5_000, held));
        }
        try (ExecutorService threads = Executors.newFixedThreadPool(shards.size())) {
            int most = 0;
            for (Future<Integer> shard : threads.invokeAll(shards, 60, TimeUnit.SECONDS)) {
                assertThat(shard.isCancelled())
                        .as("-Dfuzz.seed=%d, one waits in vain", seed)
                        .isFalse();
                most = Math.max(most, shard.get());
            }
            assertThat(most).as("-Dfuzz.seed=%d", seed).isLessThanOrEqualTo(2);
        }
        assertThat(budget.used()).isZero();
        assertThat(budget.whenEmpty()).isCompleted();
    }

    private Budget.Applicant applicant(String name) {
        return new Budget.Applicant() {
            @Override
            public void onPermitFree(Budget freed) {
                told.add(name);
            }

            @Override
            public long waitingSinceNanos() {
                return 0;
            }

            @Override
            public Pool pool() {
                throw new UnsupportedOperationException();
            }
        };
    }

    /** An applicant with a thread of its own that only waits for what it is told. */
    private final class Shard implements Budget.Applicant {

        private final Random random;
        private final Semaphore news = new Semaphore(0);

        Shard(Random random) {
            this.random = random;
        }

        /** Takes and gives back that many permits; returns the most that all shards held together at a time. */
        int serve(int permits, AtomicInteger held) throws InterruptedException {
            int most = 0;
            for (int i = 0; i < permits; i++) {
                while (!budget.acquire(this)) {
                    news.acquire();
                }
                most = Math.max(most, held.incrementAndGet());
                if (random.nextInt(8) == 0) {
                    LockSupport.parkNanos(1);
                }
                held.decrementAndGet();
                budget.release();
                news.drainPermits();
            }
            budget.withdraw(this);
            return most;
        }

        @Override
        public void onPermitFree(Budget freed) {
            news.release();
        }

        @Override
        public long waitingSinceNanos() {
            return 0;
        }

        @Override
        public Pool pool() {
            throw new UnsupportedOperationException();
        }
    }
}
