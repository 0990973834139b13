package dev.weir.console.advice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ErlangCTest {

    /// Worked out from the definition with exact fractions.
    @ParameterizedTest
    @CsvSource({
        "1, 0.5, 0.5",
        "2, 1, 0.333333333333",
        "5, 4, 0.554112554113",
        "10, 8, 0.409180150796",
        "20, 15, 0.160429387417",
        "100, 90, 0.216940480906"
    })
    void knownProbabilities(int servers, double load, double expected) {
        assertThat(ErlangC.waitProbability(servers, load)).isCloseTo(expected, within(1e-9));
    }

    @Test
    void oneServerIsTheQueueOfTheTextbooks() {
        // M/M/1: the mean wait is ρ / (μ − λ)
        assertThat(ErlangC.meanWait(1, 0.8, 0.010)).isCloseTo(0.8 / (100 - 80), within(1e-12));
        // and P(W > t) = ρ e^(−(μ−λ)t)
        double p95 = ErlangC.waitQuantile(1, 0.8, 0.010, 0.95);
        assertThat(0.8 * Math.exp(-20 * p95)).isCloseTo(0.05, within(1e-12));
    }

    @Test
    void whoHardlyEverWaitsWaitsForNoTime() {
        assertThat(ErlangC.waitQuantile(10, 1, 0.1, 0.95)).isZero();
        assertThat(ErlangC.waitProbability(3, 0)).isZero();
    }

    @Test
    void tooMuchIsTooMuch() {
        assertThat(ErlangC.waitProbability(3, 3)).isEqualTo(1);
        assertThat(ErlangC.meanWait(3, 3, 0.1)).isInfinite();
        assertThat(ErlangC.waitQuantile(3, 4, 0.1, 0.95)).isInfinite();
    }

    @Test
    void hugeQueuesLoseNoDigits() {
        assertThat(ErlangC.waitProbability(5_000, 4_900)).isBetween(0.05, 0.3);
    }

    @Test
    void findsTheFewestServers() {
        int servers = ErlangC.serversFor(8, 0.010, 0.95, 0.005);
        assertThat(ErlangC.waitQuantile(servers, 8, 0.010, 0.95)).isLessThanOrEqualTo(0.005);
        assertThat(ErlangC.waitQuantile(servers - 1, 8, 0.010, 0.95)).isGreaterThan(0.005);
        assertThat(ErlangC.serversFor(0.01, 0.010, 0.95, 0.005)).isEqualTo(1);
        assertThat(ErlangC.serversFor(1e9, 1, 0.95, 0.001)).isEqualTo(ErlangC.SERVERS_MAX);
    }

    /// The formula beside a queue that is played through.
    @Test
    void agreesWithASimulation() {
        int servers = 4;
        double service = 1;
        double load = 3.2;
        Random random = new Random(20260701);
        double[] free = new double[servers];
        double now = 0;
        double waited = 0;
        int requests = 400_000;
        for (int i = 0; i < requests; i++) {
            now += -Math.log(1 - random.nextDouble()) / load;
            int first = 0;
            for (int s = 1; s < servers; s++) {
                first = free[s] < free[first] ? s : first;
            }
            double start = Math.max(now, free[first]);
            waited += start - now;
            free[first] = start - Math.log(1 - random.nextDouble()) * service;
        }
        assertThat(ErlangC.meanWait(servers, load, service)).isCloseTo(waited / requests, within(0.05));
    }
}
