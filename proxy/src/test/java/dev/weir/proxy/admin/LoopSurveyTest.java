package dev.weir.proxy.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.console.port.CommandRefused;
import dev.weir.proxy.client.Census;
import dev.weir.proxy.net.EventLoops;
import dev.weir.proxy.net.Transport;
import dev.weir.proxy.net.Worker;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class LoopSurveyTest {

    private static final Duration LONG = Duration.ofSeconds(30);

    private final EventLoops loops = new EventLoops(Transport.best(), 3);
    private final LoopSurvey survey = new LoopSurvey(new Census(loops.workers()), LONG);

    @AfterEach
    void stop() {
        join(loops.stop());
    }

    @Test
    void everyLoopAnswersForItself() {
        List<Boolean> onOwnLoop = join(survey.ask(worker -> worker.loop().inEventLoop()));

        assertThat(onOwnLoop).containsExactly(true, true, true);
    }

    @Test
    void listsFollowEachOther() {
        List<String> all = join(survey.list(
                worker -> worker.index() == 1 ? List.of() : List.of("a" + worker.index(), "b" + worker.index())));

        assertThat(all).containsExactly("a0", "b0", "a2", "b2");
    }

    @Test
    void valuesOfTheSameKeyAreAddedUp() {
        Map<String, Integer> sums = join(
                survey.merge(worker -> Map.of("everywhere", 1, "loop" + worker.index(), worker.index()), Integer::sum));

        assertThat(sums).isEqualTo(Map.of("everywhere", 3, "loop0", 0, "loop1", 1, "loop2", 2));
    }

    @Test
    void canBeAskedOnALoop() {
        Worker first = loops.workers().getFirst();
        CompletionStage<CompletionStage<List<Integer>>> asked =
                survey.ask(Worker::index).thenApplyAsync(_ -> survey.ask(Worker::index), first.loop());

        assertThat(join(join(asked))).containsExactly(0, 1, 2);
    }

    @Test
    void aQuestionThatFailsFailsTheSurvey() {
        assertThatThrownBy(() -> join(survey.ask(LoopSurveyTest::failOnSecond)))
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(IllegalStateException.class)
                .hasRootCauseMessage("no answer");
    }

    private static int failOnSecond(Worker worker) {
        if (worker.index() == 1) {
            throw new IllegalStateException("no answer");
        }
        return worker.index();
    }

    @Test
    void aBusyLoopDoesNotHangIt() {
        CountDownLatch busy = new CountDownLatch(1);
        loops.workers().get(2).loop().execute(() -> awaitQuietly(busy));
        LoopSurvey impatient = new LoopSurvey(new Census(loops.workers()), Duration.ofMillis(50));
        try {
            assertThatThrownBy(() -> join(impatient.ask(Worker::index)))
                    .hasCauseInstanceOf(CommandRefused.class)
                    .hasMessageContaining("an event loop did not answer within 50 ms");
        } finally {
            busy.countDown();
        }

        assertThat(join(survey.ask(Worker::index))).containsExactly(0, 1, 2);
    }

    @Test
    void stoppedLoopsRefuse() {
        join(loops.stop());

        assertThatThrownBy(() -> join(survey.ask(Worker::index)))
                .hasCauseInstanceOf(CommandRefused.class)
                .hasMessageContaining("pooler is shutting down");
    }

    private static <T> T join(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
