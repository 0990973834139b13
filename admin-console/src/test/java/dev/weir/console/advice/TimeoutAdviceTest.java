package dev.weir.console.advice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.config.WeirConfig;
import dev.weir.config.check.ConfigLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TimeoutAdviceTest {

    private static final String GOOD = """
        query_wait_timeout = "10s"
        server_connect_timeout = "5s"
        idle_transaction_timeout = "1min"
        """;

    @TempDir
    private Path directory;

    @Test
    void whatFitsTogetherIsNotSpokenOf() throws IOException {
        assertThat(of(GOOD, "")).isEmpty();
    }

    @Test
    void theDefaultsHaveTwoWeaknesses() throws IOException {
        assertThat(of("", ""))
                .extracting(AdviceRow::instead)
                .containsExactly("idle_transaction_timeout = \"60s\"", "query_wait_timeout = \"10s\"");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "server_lifetime = 0 | server_lifetime is 0: each server connection is used once",
                "server_lifetime = 60 | server_idle_timeout 600 s never comes: server_lifetime 60 s",
                "server_connect_timeout = 0 | server_connect_timeout is 0",
                "server_connect_timeout = 10 | server_connect_timeout 10 s is not shorter than query_wait_timeout 10 s",
                "idle_transaction_timeout = 0 | idle_transaction_timeout is 0",
                "transaction_timeout = 30 | idle_transaction_timeout 60 s never comes: transaction_timeout 30 s",
                "query_wait_timeout = 0 | query_wait_timeout is 0",
                "query_wait_timeout = 31 | query_wait_timeout 31 s is longer than applications wait",
                "query_timeout = 10 | query_wait_timeout 10 s never comes: query_timeout 10 s",
                "client_idle_timeout = 300 | client_idle_timeout 300 s closes connections",
                "query_wait_notify = 20 | query_wait_notify 20 s never comes",
            })
    void eachMistakeIsFound(String setting, String expected) throws IOException {
        String name = setting.substring(0, setting.indexOf(' '));
        String others =
                GOOD.lines().filter(line -> !line.startsWith(name + " ")).reduce("", (all, line) -> all + line + "\n");
        assertThat(of(others + setting + "\n", ""))
                .singleElement()
                .satisfies(row -> assertThat(row.finding()).startsWith(expected))
                .satisfies(row -> assertThat(row.kind()).isEqualTo(AdviceRow.Kind.TIMEOUTS));
    }

    @Test
    void timeoutsThatContainEachOther() throws IOException {
        assertThat(of(GOOD + "transaction_timeout = \"2min\"\nquery_timeout = \"3min\"\n", ""))
                .extracting(AdviceRow::finding)
                .containsExactly("query_timeout 180 s never comes: transaction_timeout 120 s ends the query before");
        assertThat(of(GOOD + "reserve_pool_size = 2\nreserve_pool_timeout = \"20s\"\n", ""))
                .extracting(AdviceRow::finding)
                .containsExactly(
                        "the reserve never helps: reserve_pool_timeout 20 s is not shorter than query_wait_timeout"
                                + " 10 s");
    }

    @Test
    void databasesAndUsersOfTheirOwnAreNamed() throws IOException {
        List<AdviceRow> rows = of(GOOD, """
            [databases.slow]
            host = "db1"
            query_wait_timeout = "5min"
            [users.batch]
            password = "x"
            idle_transaction_timeout = 0
            """);
        assertThat(rows)
                .extracting(row -> row.database() + "/" + row.user() + " " + row.instead())
                .containsExactly("/batch idle_transaction_timeout = \"60s\"", "slow/ query_wait_timeout = \"10s\"");
    }

    private List<AdviceRow> of(String settings, String entries) throws IOException {
        Path file = Files.writeString(directory.resolve("weir.toml"), "[weir]\n" + settings + entries);
        WeirConfig config = ConfigLoader.load(file, Map.of()).config();
        return TimeoutAdvice.of(Objects.requireNonNull(config));
    }
}
