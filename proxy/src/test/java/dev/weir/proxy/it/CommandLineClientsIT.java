package dev.weir.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.testkit.LeakGuard;
import dev.weir.proxy.testkit.TestPostgres;
import dev.weir.proxy.testkit.WeirFixture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// psql and pgbench as people run them.
@ExtendWith(LeakGuard.class)
class CommandLineClientsIT {
    private static WeirFixture weir;

    @BeforeAll
    static void start() throws Exception {
        weir = WeirFixture.over(TestPostgres.shared())
                .set("default_pool_size", "4")
                .start();
        assertThat(run("", "pgbench", "-i", "-s", "1", "-q").status()).isZero();
    }

    @AfterAll
    static void stop() throws Exception {
        run("", "psql", "-qc", "DROP TABLE pgbench_accounts, pgbench_branches, pgbench_history, pgbench_tellers");
        weir.close();
    }

    private static CommandLine.Outcome run(String input, String... command) throws Exception {
        return CommandLine.run(weir, input, command);
    }

    @Test
    void psqlDescribesCopiesAndReportsErrors() throws Exception {
        CommandLine.Outcome outcome = run("""
            \\d pgbench_branches
            BEGIN;
            CREATE TEMP TABLE t (n int) ON COMMIT DROP;
            \\copy t FROM STDIN
            1
            2
            \\.
            SELECT 'sum ' || sum(n) FROM t;
            \\copy t TO STDOUT
            ROLLBACK;
            SELECT 1/0;
            SELECT 'behind the error';
            """, "psql", "-X", "-At");
        assertThat(outcome.output())
                .contains("bid|integer", "sum 3", "division by zero", "behind the error", "ROLLBACK");
        assertThat(outcome.status()).isZero();
    }

    @Test
    void psqlOverTheUnixSocketShowsThePools() throws Exception {
        CommandLine.Outcome outcome = run(
                "",
                "psql",
                "-X",
                "-h",
                weir.directory().toString(),
                "-U",
                WeirFixture.ADMIN.user(),
                "-d",
                "host=" + weir.directory() + " dbname=pgbouncer password=" + WeirFixture.ADMIN.password(),
                "-c",
                "SHOW POOLS");
        assertThat(outcome.output()).contains("cl_active").contains("pgbouncer");
        assertThat(outcome.status()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"simple, -S", "extended, -S", "prepared, -S", "simple, -N", "extended, -N"})
    void pgbenchRunsWithoutAnError(String protocol, String script) throws Exception {
        CommandLine.Outcome outcome =
                run("", "pgbench", "-n", "-M", protocol, script, "-c", "20", "-j", "2", "-t", "50");
        assertThat(outcome.output()).contains("1000/1000").doesNotContain("error:", "aborted");
        assertThat(outcome.status()).isZero();
    }

    @Test
    void pgbenchReconnectsForEveryTransaction() throws Exception {
        CommandLine.Outcome outcome = run("", "pgbench", "-n", "-S", "-C", "-c", "10", "-j", "2", "-t", "20");
        assertThat(outcome.output()).contains("200/200");
    }

    @Test
    void pgbenchWithFiveHundredClientsRunsWithoutAnError() throws Exception {
        CommandLine.Outcome outcome = run("", "pgbench", "-n", "-S", "-c", "500", "-j", "2", "-t", "5");
        assertThat(outcome.output()).contains("2500/2500").doesNotContain("aborted");
        assertThat(outcome.status()).isZero();
    }
}
