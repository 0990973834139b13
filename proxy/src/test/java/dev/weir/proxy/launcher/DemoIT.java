package dev.weir.proxy.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// `weir demo` from the packaged distribution: what it prints works, and it leaves nothing behind.
final class DemoIT {

    @TempDir
    private Path directory;

    private Launcher.Run demo;

    @BeforeEach
    void start() throws IOException {
        // Root's demo runs PostgreSQL under another name, which must be let through to its files.
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        demo = new Launcher(Launcher.ofThisBuild(), directory).start(Map.of("TMPDIR", directory.toString()), "demo");
        await().atMost(Launcher.PATIENCE)
                .until(() -> demo.output().contains("Ctrl-C") || !demo.process().isAlive());
        assertThat(demo.output()).as("%s", demo.errors()).contains("DATABASE_URL=postgresql://");
    }

    @AfterEach
    void endWhatIsLeft() throws InterruptedException {
        demo.process().destroyForcibly().waitFor();
        await().atMost(Launcher.PATIENCE).until(this::leftovers, count -> count == 0);
    }

    @Test
    void servesQueriesConsoleAndMetrics() throws Exception {
        try (Connection connection = connect("DATABASE_URL=postgresql://demo:demo@127.0.0.1:(\\d+)/demo", "demo")) {
            assertThat(firstValue(connection, "SELECT count(*) FROM pgbench_accounts"))
                    .isEqualTo("100000");
            assertThat(firstValue(connection, "SELECT current_user")).isEqualTo("demo");
            assertThat(firstValue(connection, "SHOW is_superuser")).isEqualTo("off");
            try (Connection console = connect("postgresql://demo:demo@127.0.0.1:(\\d+)/pgbouncer", "pgbouncer")) {
                assertThat(firstValue(console, "SHOW VERSION")).contains("Weir ");
                assertThat(firstValue(console, "SHOW POOLS")).isEqualTo("demo");
            }
        }
        URI metrics = URI.create(found("(http://127.0.0.1:\\d+/metrics)"));
        try (HttpClient client = HttpClient.newHttpClient()) {
            assertThat(client.send(HttpRequest.newBuilder(metrics).build(), BodyHandlers.ofString())
                            .body())
                    .contains("weir_");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"INT", "TERM", "QUIT"})
    void endsCleanlyOnSignal(String signal) throws Exception {
        demo.send(signal);
        assertThat(demo.awaitExit()).isZero();
        assertThat(demo.errors()).isEmpty();
        assertThat(leftovers()).isZero();
    }

    @Test
    void leavesNothingBehindWhenItIsKilled() throws Exception {
        demo.send("KILL");
        demo.process().waitFor();
        await().atMost(Launcher.PATIENCE).until(this::leftovers, count -> count == 0);
    }

    private Connection connect(String pattern, String database) throws SQLException {
        String mode = database.equals("pgbouncer") ? "?preferQueryMode=simple" : "";
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + found(pattern) + "/" + database + mode, "demo", "demo");
    }

    private static String firstValue(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            assertThat(rows.next()).isTrue();
            return rows.getString(1);
        }
    }

    private String found(String pattern) {
        Matcher matcher = Pattern.compile(pattern).matcher(demo.output());
        assertThat(matcher.find()).as("%s in %s", pattern, demo.output()).isTrue();
        return matcher.group(1);
    }

    private long leftovers() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.getFileName().toString().startsWith("weir-demo-"))
                    .count();
        }
    }
}
