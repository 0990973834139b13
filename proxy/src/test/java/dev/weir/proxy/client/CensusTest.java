package dev.weir.proxy.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.proxy.net.EventLoops;
import dev.weir.proxy.net.Transport;
import dev.weir.proxy.net.Worker;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Nobody moves while everybody is counted, and nobody is counted while somebody moves.
final class CensusTest {

    private final EventLoops loops = new EventLoops(Transport.best(), 3);
    private final Census census = new Census(loops.workers());

    @AfterEach
    void stop() {
        loops.stop().toCompletableFuture().join();
    }

    @Test
    void asksEveryLoopOnItself() {
        assertThat(census.take(worker -> worker.loop().inEventLoop() ? worker.index() : -1)
                        .join())
                .containsExactly(0, 1, 2);
    }

    @Test
    void nobodyMovesMeanwhile() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch answer = new CountDownLatch(1);
        CompletableFuture<List<Boolean>> taken = census.take(worker -> {
            asked.countDown();
            return await(answer);
        });
        assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(census.mayMove()).isFalse();

        answer.countDown();
        taken.join();
        assertThat(census.mayMove()).isTrue();
        census.onMoved();
    }

    @Test
    void waitsForWhoIsOnTheWay() {
        assertThat(census.mayMove()).isTrue();
        assertThat(census.mayMove()).isTrue();
        CompletableFuture<List<Integer>> taken = census.take(Worker::index);
        assertThat(census.mayMove()).isFalse();

        census.onMoved();
        loops.passedOn().toCompletableFuture().join();
        assertThat(taken).isNotDone();

        census.onMoved();
        assertThat(taken.join()).containsExactly(0, 1, 2);
        assertThat(census.mayMove()).isTrue();
        census.onMoved();
    }

    @Test
    void aFailureIsToldAndLeavesNothingBehind() {
        CompletableFuture<List<Integer>> taken = census.take(worker -> {
            if (worker.index() == 1) {
                throw new IllegalStateException("no answer");
            }
            return worker.index();
        });
        assertThatThrownBy(taken::join).hasRootCauseMessage("no answer");
        assertThat(census.mayMove()).isTrue();
        census.onMoved();
    }

    private static boolean await(CountDownLatch latch) {
        try {
            return latch.await(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
