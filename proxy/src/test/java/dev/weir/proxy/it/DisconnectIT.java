package dev.weir.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.testkit.Accounts;
import dev.weir.proxy.testkit.Frontend;
import dev.weir.proxy.testkit.LeakGuard;
import dev.weir.proxy.testkit.RawClient;
import dev.weir.proxy.testkit.TestPostgres;
import dev.weir.proxy.testkit.WeirFixture;
import java.time.Duration;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// A client that goes away leaves nothing behind, and loses nothing that it had said completely.
@ExtendWith(LeakGuard.class)
class DisconnectIT {
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private static WeirFixture weir;
    private static RawClient root;

    /// How a client can go.
    enum Leaving {
        TERMINATE {
            @Override
            void leave(RawClient client) {
                client.close();
            }
        },
        HANG_UP {
            @Override
            void leave(RawClient client) {
                client.hangUp();
            }
        },
        RESET {
            @Override
            void leave(RawClient client) {
                client.vanish();
            }
        };

        abstract void leave(RawClient client);
    }

    @BeforeAll
    static void start() {
        weir = WeirFixture.over(TestPostgres.shared())
                .set("default_pool_size", "1")
                .start();
        root = TestPostgres.shared().superuser("app");
        root.run("CREATE TABLE left_behind (n int); GRANT ALL ON left_behind TO PUBLIC");
    }

    @AfterAll
    static void stop() {
        root.run("DROP TABLE left_behind");
        root.close();
        weir.close();
    }

    @BeforeEach
    void empty() {
        root.run("TRUNCATE left_behind");
    }

    @AfterEach
    void theOnlyServerIsCleanOrReplaced() {
        try (RawClient next = weir.connect(Accounts.APP)) {
            assertThat(next.value("SELECT now() = statement_timestamp()"))
                    .as("not in an old transaction")
                    .isEqualTo("t");
            assertThat(next.value("SELECT pg_is_in_recovery()")).isEqualTo("f");
            next.send(Frontend.unnamed("SELECT 42"), Frontend.sync());
            next.expect("12TDCZ");
        }
        assertThat(root.value("SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'"))
                .isEqualTo("0");
    }

    private static String rows() {
        return root.value("SELECT count(*) FROM left_behind");
    }

    private static void awaitNothingRuns(String fragment) {
        Awaitility.await("end of " + fragment)
                .atMost(PATIENCE)
                .until(() -> root.value("SELECT count(*) FROM pg_stat_activity WHERE state = 'active'"
                                + " AND pid <> pg_backend_pid() AND query LIKE '%" + fragment + "%'")
                        .equals("0"));
    }

    private static void awaitRuns(String fragment) {
        Awaitility.await("start of " + fragment)
                .atMost(PATIENCE)
                .until(() -> root.value("SELECT count(*) FROM pg_stat_activity WHERE state = 'active'"
                                + " AND pid <> pg_backend_pid() AND query LIKE '%" + fragment + "%'")
                        .equals("1"));
    }

    @ParameterizedTest
    @EnumSource
    void anIdleTransactionIsRolledBack(Leaving leaving) {
        RawClient client = weir.connect(Accounts.APP);
        client.run("BEGIN; INSERT INTO left_behind VALUES (1)");
        leaving.leave(client);
        try (RawClient next = weir.connect(Accounts.APP)) {
            next.run("SELECT 1");
        }
        assertThat(rows()).isEqualTo("0");
    }

    @ParameterizedTest
    @EnumSource
    void aFailedTransactionIsRolledBack(Leaving leaving) {
        RawClient client = weir.connect(Accounts.APP);
        client.run("BEGIN; INSERT INTO left_behind VALUES (1)");
        client.error("SELECT 1/0");
        leaving.leave(client);
        try (RawClient next = weir.connect(Accounts.APP)) {
            next.run("SELECT 1");
        }
        assertThat(rows()).isEqualTo("0");
    }

    @ParameterizedTest
    @EnumSource(names = {"HANG_UP", "RESET"})
    void aRunningQueryIsCancelled(Leaving leaving) {
        RawClient client = weir.connect(Accounts.APP);
        client.send(Frontend.query("INSERT INTO left_behind SELECT 1 FROM pg_sleep(60)"));
        awaitRuns("INSERT INTO left_behind");
        leaving.leave(client);
        awaitNothingRuns("INSERT INTO left_behind");
        assertThat(rows()).isEqualTo("0");
    }

    @ParameterizedTest
    @EnumSource
    void aCopyThatWasNotFinishedIsUndone(Leaving leaving) {
        RawClient client = weir.connect(Accounts.APP);
        client.send(Frontend.query("COPY left_behind FROM STDIN"));
        client.readUntil('G');
        client.send(Frontend.copyData("1\n2\n"));
        leaving.leave(client);
        awaitNothingRuns("COPY left_behind");
        assertThat(rows()).isEqualTo("0");
    }

    @ParameterizedTest
    @EnumSource(names = {"HANG_UP", "RESET"})
    void aCopyThatBreaksOffInTheMiddleOfAMessageIsUndone(Leaving leaving) {
        RawClient client = weir.connect(Accounts.APP);
        String pid = client.value("SELECT pg_backend_pid()");
        client.send(Frontend.query("COPY left_behind FROM STDIN"));
        client.readUntil('G');
        client.send(Frontend.copyData("1\n2\n"), Frontend.lying('d', 100_000, new byte[50_000]));
        leaving.leave(client);
        awaitNothingRuns("COPY left_behind");
        assertThat(rows()).isEqualTo("0");
        try (RawClient next = weir.connect(Accounts.APP)) {
            assertThat(next.value("SELECT pg_backend_pid()"))
                    .as("one that waits for the rest of a message serves nobody else")
                    .isNotEqualTo(pid);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aCopyToTheClientIsBrokenOff(Leaving leaving) {
        RawClient client = weir.connect(Accounts.APP);
        client.send(Frontend.query("COPY (SELECT repeat('x', 1000) FROM generate_series(1, 10000000)) TO STDOUT"));
        client.readUntil('d');
        leaving.leave(client);
        awaitNothingRuns("COPY (SELECT repeat");
    }

    @ParameterizedTest
    @EnumSource(names = {"TERMINATE", "HANG_UP"})
    void aCompleteCommitIsCarriedOut(Leaving leaving) {
        for (int i = 1; i <= 20; i++) {
            RawClient client = weir.connect(Accounts.APP);
            client.run("BEGIN; INSERT INTO left_behind VALUES (1)");
            client.send(Frontend.query("COMMIT"));
            leaving.leave(client);
            String expected = String.valueOf(i);
            Awaitility.await("commit " + i)
                    .atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(5))
                    .until(() -> rows().equals(expected));
        }
    }

    @Test
    void aWholePipelineSaidBeforeTheEndIsCarriedOut() {
        RawClient client = weir.connect(Accounts.APP);
        client.send(
                Frontend.unnamed("BEGIN"),
                Frontend.unnamed("INSERT INTO left_behind VALUES (1)"),
                Frontend.unnamed("COMMIT"),
                Frontend.sync(),
                Frontend.terminate());
        client.hangUp();
        Awaitility.await("the row").atMost(PATIENCE).until(() -> rows().equals("1"));
    }

    @Test
    void aCommitThatWasCutShortIsNotCarriedOut() {
        RawClient client = weir.connect(Accounts.APP);
        client.run("BEGIN; INSERT INTO left_behind VALUES (1)");
        byte[] commit = Frontend.query("COMMIT");
        client.send(java.util.Arrays.copyOf(commit, commit.length - 1));
        client.hangUp();
        try (RawClient next = weir.connect(Accounts.APP)) {
            next.run("SELECT 1");
        }
        assertThat(rows()).isEqualTo("0");
    }

    @Test
    void aWaitingClientThatGoesGivesUpItsPlace() {
        try (RawClient holder = weir.connect(Accounts.APP)) {
            holder.run("BEGIN");
            RawClient waiter = weir.connect(Accounts.APP);
            waiter.send(Frontend.query("INSERT INTO left_behind VALUES (1)"));
            weir.awaitPool("app", "app", "cl_waiting", "1");
            waiter.vanish();
            weir.awaitPool("app", "app", "cl_waiting", "0");
            holder.run("COMMIT").run("SELECT 1");
        }
        assertThat(rows()).isEqualTo("0");
    }

    static Stream<Integer> prefixes() {
        return Stream.iterate(1, cut -> cut < pipeline().length, cut -> cut + 3);
    }

    private static byte[] pipeline() {
        return Frontend.concat(
                Frontend.unnamed("BEGIN"),
                Frontend.unnamed("INSERT INTO left_behind VALUES (1)"),
                Frontend.sync(),
                Frontend.unnamed("SELECT 1/0"),
                Frontend.sync(),
                Frontend.parse("named", "SELECT 1"));
    }

    @ParameterizedTest
    @MethodSource("prefixes")
    void aPipelineCutAnywhereLeavesNothing(int cut) {
        RawClient client = weir.connect(Accounts.APP);
        client.send(java.util.Arrays.copyOf(pipeline(), cut));
        client.hangUp();
        try (RawClient next = weir.connect(Accounts.APP)) {
            next.send(Frontend.query("SELECT 'clean'"));
            next.expect("TDCZ");
        }
        assertThat(rows()).isEqualTo("0");
    }
}
