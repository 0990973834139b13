package dev.weir.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.testkit.LeakGuard;
import dev.weir.proxy.testkit.TestPostgres;
import dev.weir.proxy.testkit.WeirFixture;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Dumps, restores and upkeep through the same port as everything else, in transaction mode on two servers.
@ExtendWith(LeakGuard.class)
class MaintenanceToolsIT {
    private static final String CONTENT = "SELECT md5(string_agg(b::text, '' ORDER BY id)), count(*) FROM tools.book b";

    private static WeirFixture weir;

    @TempDir
    private Path directory;

    @BeforeAll
    static void start() {
        // pg_dump refuses servers that are newer than itself
        weir = WeirFixture.over(TestPostgres.shared(15))
                .set("default_pool_size", "2")
                .start();
    }

    @AfterAll
    static void stop() {
        weir.close();
    }

    @BeforeEach
    void fill() throws Exception {
        psql("""
            CREATE SCHEMA tools;
            CREATE TABLE tools.book (id serial PRIMARY KEY, title text NOT NULL, pages int);
            CREATE FUNCTION tools.books() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM tools.book';
            INSERT INTO tools.book (title, pages) SELECT 'title ' || i, i FROM generate_series(1, 500) i;
            CREATE INDEX book_title ON tools.book (title);
            """);
    }

    @AfterEach
    void clear() throws Exception {
        psql("SET client_min_messages = warning; DROP SCHEMA IF EXISTS tools CASCADE");
        assertThat(psql("SHOW search_path; SHOW statement_timeout; SHOW client_min_messages"))
                .isEqualTo("\"$user\", public\n0\nnotice\n");
    }

    private static String psql(String script, String... options) throws Exception {
        String[] command = new String[5 + options.length];
        System.arraycopy(new String[] {"psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-f-"}, 0, command, 0, 5);
        System.arraycopy(options, 0, command, 5, options.length);
        return CommandLine.run(weir, script, command).good();
    }

    @Test
    void aPlainDumpIsRestoredInOneTransaction() throws Exception {
        Path dump = directory.resolve("dump.sql");
        String before = psql(CONTENT);
        CommandLine.run(weir, "", "pg_dump", "-n", "tools", "-f", dump.toString())
                .good();
        psql("SET client_min_messages = warning; DROP SCHEMA tools CASCADE");

        CommandLine.run(
                        weir,
                        "",
                        "psql",
                        "-Xq",
                        "-v",
                        "ON_ERROR_STOP=1",
                        "-1",
                        "-o",
                        "/dev/null",
                        "-f",
                        dump.toString())
                .good();

        assertThat(psql(CONTENT)).isEqualTo(before);
        assertThat(psql("SELECT tools.books()")).isEqualTo("500\n");
    }

    @Test
    void aRestoreThatFailsLeavesNothing() throws Exception {
        Path script = Files.writeString(
                directory.resolve("bad.sql"),
                "CREATE TABLE tools.half (n int); SELECT 1/0; CREATE TABLE tools.rest ();");

        assertThat(CommandLine.run(weir, "", "psql", "-Xq", "-v", "ON_ERROR_STOP=1", "-1", "-f", script.toString())
                        .status())
                .isNotZero();

        assertThat(psql("SELECT to_regclass('tools.half') IS NULL")).isEqualTo("t\n");
    }

    @Test
    void aCustomDumpIsRestoredByParallelWorkers() throws Exception {
        Path dump = directory.resolve("dump.custom");
        String before = psql(CONTENT);
        CommandLine.run(weir, "", "pg_dump", "-Fc", "-n", "tools", "-f", dump.toString())
                .good();
        psql("SET client_min_messages = warning; DROP SCHEMA tools CASCADE");

        CommandLine.run(weir, "", "pg_restore", "--exit-on-error", "-j", "2", "-d", "app", dump.toString())
                .good();

        assertThat(psql(CONTENT)).isEqualTo(before);
    }

    @Test
    void copiesGoBothWaysBetweenFilesAndTables() throws Exception {
        Path file = directory.resolve("book.csv");

        psql("\\copy tools.book TO '" + file + "' CSV\nTRUNCATE tools.book;\n\\copy tools.book FROM '" + file
                + "' CSV\n");

        assertThat(psql("SELECT count(*), sum(pages) FROM tools.book")).isEqualTo("500|125250\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "VACUUM (ANALYZE) tools.book",
                "CREATE INDEX CONCURRENTLY ON tools.book (pages)",
                "DROP INDEX CONCURRENTLY tools.book_title",
                "REINDEX TABLE CONCURRENTLY tools.book",
                "CLUSTER tools.book USING book_pkey",
            })
    void whatRunsInNoTransactionRuns(String command) throws Exception {
        psql("SET maintenance_work_mem = '10MB';\n" + command + ";\nSHOW maintenance_work_mem;");

        assertThat(psql("SELECT count(*) FROM pg_index WHERE NOT indisvalid")).isEqualTo("0\n");
        assertThat(psql(CONTENT)).endsWith("|500\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"extended", "prepared"})
    void pgbenchSendsPipelines(String protocol) throws Exception {
        Path script = Files.writeString(directory.resolve("pipeline.sql"), """
            \\set n random(1, 1000000)
            \\startpipeline
            SELECT 1 / (:n > 0)::int;
            BEGIN;
            SELECT :n + 1;
            END;
            SELECT :n + 2;
            \\endpipeline
            SELECT :n AS again, :client_id AS mine \\gset
            SELECT 1 / (:n = :again AND :mine = :client_id)::int;
            """);

        // a thread for each client: within one, pgbench waits for the answer to each Parse
        assertThat(CommandLine.run(
                                weir,
                                "",
                                "pgbench",
                                "-n",
                                "-M",
                                protocol,
                                "-c",
                                "8",
                                "-j",
                                "8",
                                "-t",
                                "50",
                                "-f",
                                script.toString())
                        .good())
                .contains("400/400")
                .doesNotContain("error:", "aborted");
    }
}
