package dev.weir.console.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.weir.config.PoolMode;
import dev.weir.config.WeirConfig;
import dev.weir.config.setting.AlertSettings;
import dev.weir.console.TestConfig;
import dev.weir.console.history.PoolName;
import dev.weir.console.history.Reading;
import dev.weir.console.port.HistogramSnapshot;
import dev.weir.console.port.HolderCountSnapshot;
import dev.weir.console.port.PoolSnapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RulesTest {

    private static final PoolName POOL = new PoolName("shop", "alice");
    private static final long SECOND = 1_000_000_000L;

    private Reading latest = Reading.none(60 * SECOND, Instant.EPOCH);
    private Reading earlier = Reading.none(0, Instant.EPOCH);
    private Set<String> atRest = Set.of();
    private List<HolderCountSnapshot> holders = List.of();
    private WeirConfig config = TestConfig.empty();

    @ParameterizedTest
    @CsvSource({"15, ''", "16, warning", "17, warning", "18, warning critical", "25, warning critical"})
    void warnsFrom80PercentOnAndIsCriticalFrom90On(int busy, String severities) {
        List<Finding> findings = of(pool(20, busy, 0, 0, null));
        assertThat(findings)
                .allSatisfy(finding -> assertThat(finding.key().rule()).isEqualTo("pool_utilization"));
        assertThat(String.join(
                        " ",
                        findings.stream()
                                .map(finding -> finding.key().severity().text())
                                .toList()))
                .isEqualTo(severities);
    }

    @Test
    void aPoolWithoutALimitIsNeverFull() {
        assertThat(of(pool(0, 500, 0, 0, null))).isEmpty();
    }

    @Test
    void tellsNumbersThatHelp() {
        assertThat(of(pool(20, 20, 7, 6 * SECOND, null)))
                .extracting(Finding::summary)
                .contains(
                        "20 of 20 servers are in use, 7 clients wait",
                        "7 clients wait, the first for 6.0 s; 20 of 20" + " servers are busy");
    }

    @Test
    void aThresholdOfZeroSwitchesARuleOff() {
        PoolSnapshot bad = pool(20, 20, 7, 60 * SECOND, null);
        config = config.withGlobal(AlertSettings.ALERT_POOL_UTILIZATION_WARNING, 0)
                .withGlobal(AlertSettings.ALERT_POOL_UTILIZATION_CRITICAL, 0)
                .withGlobal(AlertSettings.ALERT_MAX_WAIT, Duration.ZERO);
        assertThat(of(bad)).isEmpty();
    }

    @Test
    void waitsOfTheLastMinuteCountAmongAllCheckouts() {
        // 4 of 100 waited 2 s, then 6 of 100.
        latest = counted(100, waits(0, 4), 0);
        assertThat(of(pool(20, 1, 0, 0, null))).isEmpty();
        latest = counted(100, waits(0, 6), 0);
        assertThat(of(pool(20, 1, 0, 0, null)))
                .extracting(finding -> finding.key().rule())
                .containsExactly("wait_p95");
        earlier = latest;
        assertThat(of(pool(20, 1, 0, 0, null))).isEmpty();
    }

    @Test
    void whoWaitsForAPausedDatabaseWaitsOnPurpose() {
        atRest = Set.of("shop");
        assertThat(of(pool(20, 0, 9, 60 * SECOND, null))).isEmpty();
    }

    @Test
    void noServerAndFailuresAreTwoThings() {
        latest = counted(0, HistogramSnapshot.EMPTY, 3);
        assertThat(of(pool(20, 0, 1, 0, "connection refused")))
                .extracting(
                        finding -> finding.key().rule(),
                        finding -> finding.key().severity(),
                        Finding::summary)
                .containsExactly(
                        tuple(
                                "server_failures",
                                Severity.WARNING,
                                "3 attempts to connect to a server failed in a minute: connection refused"),
                        tuple(
                                "no_server",
                                Severity.CRITICAL,
                                "no server can be reached, 1 client waits: connection refused"));
        assertThat(of(pool(20, 1, 0, 0, "connection refused")))
                .extracting(finding -> finding.key().rule())
                .containsExactly("server_failures");
    }

    @Test
    void lostServersCountAsFailedAttemptsDo() {
        latest = counted(10, HistogramSnapshot.EMPTY, 0, 3);
        assertThat(of(pool(20, 1, 0, 0, null)))
                .extracting(Finding::summary)
                .containsExactly("3 server connections were lost in a minute; the log says why");
        latest = counted(10, HistogramSnapshot.EMPTY, 1, 2);
        assertThat(of(pool(20, 1, 0, 0, "refused")))
                .extracting(finding -> finding.value() + " " + finding.summary())
                .containsExactly(
                        "3.0 1 attempts to connect to a server failed in a minute: refused; 2 server connections"
                                + " were lost in a minute; the log says why");
        latest = counted(10, HistogramSnapshot.EMPTY, 1, 1);
        assertThat(of(pool(20, 1, 0, 0, null))).isEmpty();
    }

    @Test
    void pinnedServersAndRefusedLogins() {
        latest = new Reading(60 * SECOND, Instant.EPOCH, Map.of(), Map.of(POOL, 10), Map.of("shop", 14L, "", 3L));
        earlier = new Reading(0, Instant.EPOCH, Map.of(), Map.of(), Map.of("shop", 4L));
        assertThat(of(pool(20, 10, 0, 0, null)))
                .extracting(finding -> finding.key().rule() + " " + finding.value())
                .containsExactly("pinned 50.0", "login_failures 10.0");
    }

    @Test
    void aLeakIsToldWithWhoAndForHowLong() {
        holders = List.of(
                new HolderCountSnapshot("shop", "alice", 3, 1, 93 * SECOND, "billing-api", 0),
                new HolderCountSnapshot("shop", "bob", 3, 0, 9 * SECOND, "other", 0));
        assertThat(of(pool(20, 10, 0, 0, null)))
                .extracting(
                        finding -> finding.key().rule() + " " + finding.key().user(), Finding::summary)
                .containsExactly(tuple(
                        "leak alice",
                        "1 client is silent within a transaction for too long, billing-api for 93 s;"
                                + " SHOW BLOCKERS tells more"));
        config = config.withGlobal(AlertSettings.ALERT_LEAK, false);
        assertThat(of(pool(20, 10, 0, 0, null))).isEmpty();
    }

    private List<Finding> of(PoolSnapshot pool) {
        return Rules.apply(config, new Look(List.of(pool), latest, earlier, atRest, holders));
    }

    private static Reading counted(long assignments, HistogramSnapshot waits, long failures) {
        return counted(assignments, waits, failures, 0);
    }

    private static Reading counted(long assignments, HistogramSnapshot waits, long failures, long lost) {
        return new Reading(
                60 * SECOND,
                Instant.EPOCH,
                Map.of(
                        POOL,
                        new Reading.Counters(
                                assignments,
                                0,
                                0,
                                failures,
                                lost,
                                waits,
                                HistogramSnapshot.EMPTY,
                                HistogramSnapshot.EMPTY)),
                Map.of(),
                Map.of());
    }

    private static HistogramSnapshot waits(long shorter, long longer) {
        return HistogramSnapshot.of(new long[] {SECOND, 3 * SECOND}, new long[] {shorter, longer, 0}, 0);
    }

    private static PoolSnapshot pool(int size, int busy, int waiting, long waitNanos, @Nullable String failure) {
        return new PoolSnapshot(
                "shop",
                "alice",
                PoolMode.TRANSACTION,
                size,
                0,
                waiting,
                0,
                0,
                busy,
                0,
                0,
                0,
                0,
                0,
                0,
                waitNanos,
                null,
                failure);
    }
}
