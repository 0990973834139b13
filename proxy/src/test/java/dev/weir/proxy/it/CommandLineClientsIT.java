package dev.weir.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.testkit.Accounts;
import dev.weir.proxy.testkit.LeakGuard;
import dev.weir.proxy.testkit.TestPostgres;
import dev.weir.proxy.testkit.WeirFixture;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
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

    private record Outcome(int status, String output) {}

    private static Outcome run(String input, String... command) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(new ArrayList<>(List.of(command))).redirectErrorStream(true);
        builder.environment().put("PGHOST", "127.0.0.1");
        builder.environment().put("PGPORT", String.valueOf(weir.port()));
        builder.environment().put("PGDATABASE", Accounts.DATABASE);
        builder.environment().put("PGUSER", Accounts.APP.user());
        builder.environment().put("PGPASSWORD", Accounts.APP.password());
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new AssertionError(command[0] + " must be installed (packages postgresql-client, postgresql)", e);
        }
        try (var out = process.getOutputStream()) {
            out.write(input.getBytes(StandardCharsets.UTF_8));
        }
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return new Outcome(process.exitValue(), output);
    }

    @Test
    void psqlDescribesCopiesAndReportsErrors() throws Exception {
        Outcome outcome = run("""
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
        Outcome outcome = run(
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
        Outcome outcome = run("", "pgbench", "-n", "-M", protocol, script, "-c", "20", "-j", "2", "-t", "50");
        assertThat(outcome.output()).contains("1000/1000").doesNotContain("error:", "aborted");
        assertThat(outcome.status()).isZero();
    }

    @Test
    void pgbenchReconnectsForEveryTransaction() throws Exception {
        Outcome outcome = run("", "pgbench", "-n", "-S", "-C", "-c", "10", "-j", "2", "-t", "20");
        assertThat(outcome.output()).contains("200/200");
    }

    @Test
    void pgbenchWithFiveHundredClientsRunsWithoutAnError() throws Exception {
        Outcome outcome = run("", "pgbench", "-n", "-S", "-c", "500", "-j", "2", "-t", "5");
        assertThat(outcome.output()).contains("2500/2500").doesNotContain("aborted");
        assertThat(outcome.status()).isZero();
    }
}
