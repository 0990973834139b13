package dev.weir.proxy.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.server.FunctionSurvey;
import dev.weir.proxy.sql.SuspectNames;
import dev.weir.proxy.testkit.LogLines;
import java.time.Duration;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

final class FunctionWatchTest {

    private final FunctionWatch watch = new FunctionWatch("app");

    private FunctionSurvey begun() {
        Awaitility.await().until(() -> {
            survey = watch.begin();
            return survey != null;
        });
        return Objects.requireNonNull(survey);
    }

    private @org.jspecify.annotations.Nullable FunctionSurvey survey;

    @Test
    void asksOnceAndSuspectsEverythingMeanwhile() {
        FunctionSurvey first = begun();

        assertThat(watch.names()).isSameAs(SuspectNames.ANY);
        assertThat(watch.begin()).isNull();
        watch.onSurveyed(first, null);
        assertThat(watch.names()).isSameAs(SuspectNames.NONE);
        assertThat(watch.begin()).isNull();
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
        assertThat(watch.begin()).isNull();
        watch.onTick(System.nanoTime() + Duration.ofHours(2).toNanos(), Duration.ZERO);
        assertThat(watch.begin()).isNull();
        watch.onTick(System.nanoTime() + Duration.ofHours(2).toNanos(), Duration.ofHours(1));
        begun();
        assertThat(watch.names()).isSameAs(SuspectNames.NONE); // what was right is held to be so until the answer
    }

    @Test
    void aFailureIsLoggedOnceAndLeavesWhatWasKnown() {
        try (LogLines log = LogLines.of(FunctionWatch.class.getName())) {
            watch.onSurveyed(begun(), "no such catalog");
            assertThat(watch.names()).isSameAs(SuspectNames.NONE);
            watch.onRedefined();
            watch.onSurveyed(begun(), "once more");

            assertThat(watch.names()).isSameAs(SuspectNames.NONE);
            assertThat(log.lines()).hasSize(1);
            assertThat(log.lines().getFirst()).startsWith("WARN ").contains("app", "no such catalog");
        }
    }
}
