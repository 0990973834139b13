package dev.weir.proxy.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.server.FunctionSurvey;
import dev.weir.proxy.sql.SuspectNames;
import dev.weir.proxy.testkit.LogLines;
import dev.weir.proxy.wire.PgError;
import dev.weir.proxy.wire.SqlState;
import java.time.Duration;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

final class FunctionWatchTest {

    private final FunctionWatch watch = new FunctionWatch("app");

    private static PgError failure(String message) {
        return PgError.error(SqlState.SYNTAX_ERROR, message);
    }

    private FunctionSurvey begun() {
        Awaitility.await().until(() -> {
            survey = watch.begin(false);
            return survey != null;
        });
        return Objects.requireNonNull(survey);
    }

    private @org.jspecify.annotations.Nullable FunctionSurvey survey;

    @Test
    void asksOnceAndSuspectsEverythingMeanwhile() {
        FunctionSurvey first = begun();

        assertThat(watch.names()).isSameAs(SuspectNames.ANY);
        assertThat(watch.begin(false)).isNull();
        watch.onSurveyed(first, null);
        assertThat(watch.names()).isSameAs(SuspectNames.NONE);
        assertThat(watch.begin(false)).isNull();
    }

    @Test
    void asksAgainAfterADefinition() {
        watch.onSurveyed(begun(), null);
        watch.onRedefined();

        assertThat(watch.names()).isSameAs(SuspectNames.ANY);
        watch.onSurveyed(begun(), null);
        assertThat(watch.names()).isSameAs(SuspectNames.NONE);
    }

    @Test
    void aDefinitionDuringASurveyIsNotForgotten() {
        FunctionSurvey first = begun();
        watch.onRedefined();
        watch.onSurveyed(first, null);

        assertThat(watch.names()).isSameAs(SuspectNames.ANY);
        watch.onSurveyed(begun(), null);
        assertThat(watch.names()).isSameAs(SuspectNames.NONE);
    }

    @Test
    void asksAnotherServerWhenOneIsLost() {
        watch.onLost(begun());

        assertThat(watch.names()).isSameAs(SuspectNames.ANY);
        watch.onSurveyed(begun(), null);
        assertThat(watch.names()).isSameAs(SuspectNames.NONE);
    }

    @Test
    void asksAgainWhenTimeHasPassed() {
        watch.onSurveyed(begun(), null);

        watch.onTick(System.nanoTime(), Duration.ofHours(1));
        assertThat(watch.begin(false)).isNull();
        watch.onTick(System.nanoTime() + Duration.ofMinutes(90).toNanos(), Duration.ZERO);
        assertThat(watch.begin(false)).isNull();
        watch.onTick(System.nanoTime() + Duration.ofMinutes(90).toNanos(), Duration.ofHours(1));
        begun();
        assertThat(watch.names()).isSameAs(SuspectNames.NONE); // what was right is held to be so until the answer
    }

    @Test
    void aFailureIsLoggedOnceAndLeavesWhatWasKnown() {
        try (LogLines log = LogLines.of(FunctionWatch.class.getName())) {
            watch.onSurveyed(begun(), failure("no such catalog"));
            assertThat(watch.names()).isSameAs(SuspectNames.NONE);
            watch.onRedefined();
            assertThat(watch.names()).isSameAs(SuspectNames.ANY);
            watch.onSurveyed(begun(), failure("once more"));

            assertThat(watch.names()).isSameAs(SuspectNames.NONE);
            assertThat(log.lines()).hasSize(1);
            assertThat(log.lines().getFirst()).startsWith("WARN ").contains("app", "no such catalog");
        }
    }

    @Test
    void everythingIsSuspectBeforeTheFirstAnswer() {
        assertThat(watch.names()).isSameAs(SuspectNames.ANY);
    }

    @Test
    void theFirstQuestionIsPutAtOnceTheOthersWhenNobodyWaits() {
        watch.onSurveyed(Objects.requireNonNull(watch.begin(true)), null);
        watch.onRedefined();

        assertThat(watch.begin(true)).isNull();
        begun();
    }

    @Test
    void whereSomebodyAlwaysWaitsItIsAskedAllTheSame() {
        watch.onSurveyed(begun(), null);
        watch.onRedefined();

        Awaitility.await().until(() -> watch.begin(true) != null);
    }

    @Test
    void clientsDoNotWaitLongForIt() {
        FunctionSurvey first = begun();
        long later = System.nanoTime() + Duration.ofMillis(200).toNanos();

        assertThat(watch.keepsOthersWaiting(
                        System.nanoTime() - Duration.ofSeconds(1).toNanos()))
                .isFalse();
        assertThat(watch.keepsOthersWaiting(later)).isTrue();
        watch.onSurveyed(first, null);
        assertThat(watch.keepsOthersWaiting(later)).isFalse();
    }

    @Test
    void whatNobodyCouldAskForSinceIsNotTrusted() {
        watch.onSurveyed(begun(), null);

        watch.onTick(System.nanoTime() + Duration.ofHours(3).toNanos(), Duration.ofHours(1));
        assertThat(watch.names()).isSameAs(SuspectNames.ANY);
        watch.onSurveyed(begun(), null);
        assertThat(watch.names()).isSameAs(SuspectNames.NONE);
    }

    @Test
    void whoCannotAnswerIsNotHeldSuspectForIt() {
        try (LogLines log = LogLines.of(FunctionWatch.class.getName())) {
            watch.onSurveyed(begun(), failure("no such catalog"));

            watch.onTick(System.nanoTime() + Duration.ofHours(3).toNanos(), Duration.ofHours(1));
            assertThat(watch.names()).isSameAs(SuspectNames.NONE);
            assertThat(watch.begin(false)).isNull();
            assertThat(log.lines()).hasSize(1);
        }
    }

    @Test
    void whoWaitsForTheAnswerIsCalled() {
        int[] calls = {0};
        assertThat(watch.awaitEnd(() -> calls[0]++)).isFalse();
        FunctionSurvey first = begun();

        assertThat(watch.awaitEnd(() -> calls[0]++)).isTrue();
        watch.onLost(first);
        assertThat(calls).containsExactly(1);
        FunctionSurvey second = begun();
        assertThat(watch.awaitEnd(() -> calls[0]++)).isTrue();
        watch.onSurveyed(second, null);
        assertThat(calls).containsExactly(2);
    }
}
