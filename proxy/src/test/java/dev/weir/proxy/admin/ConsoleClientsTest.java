package dev.weir.proxy.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The console as real clients use it, with the settings they come with.
final class ConsoleClientsTest {

    private final FakePooler pooler = new FakePooler();
    private ConsoleServer server;

    @BeforeEach
    void start() throws InterruptedException {
        server = new ConsoleServer(pooler);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"extended", "simple", "extendedForPrepared", "extendedCacheEverything"})
    void pgjdbcReadsInEveryMode(String mode) throws SQLException {
        try (Connection connection = connect("preferQueryMode", mode);
                PreparedStatement statement = connection.prepareStatement("SHOW DNS_HOSTS")) {
            for (int i = 0; i < 8; i++) {
                try (ResultSet hosts = statement.executeQuery()) {
                    int count = 0;
                    while (hosts.next()) {
                        assertThat(hosts.getString("hostname")).isEqualTo("host%03d".formatted(count));
                        assertThat(hosts.getLong("ttl")).isEqualTo(count);
                        count++;
                    }
                    assertThat(count).isEqualTo(1000);
                }
            }
        }
    }

    @Test
    void pgjdbcReadsNumericInBinary() throws SQLException {
        try (Connection connection = connect("prepareThreshold", "-1");
                PreparedStatement statement = connection.prepareStatement("SHOW STATS_TOTALS")) {
            List<Integer> commands = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                try (ResultSet stats = statement.executeQuery()) {
                    assertThat(stats.next()).isTrue();
                    assertThat(stats.getString(1)).isEqualTo("pgbouncer");
                    commands.add(stats.getBigDecimal("query_count").intValueExact());
                }
            }
            int first = commands.getFirst();
            assertThat(commands).containsExactly(first, first + 1, first + 2);
        }
    }

    @Test
    void pgjdbcFetchesInPortionsWithinATransaction() throws SQLException {
        try (Connection connection = connect("ApplicationName", "test")) {
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                statement.setFetchSize(7);
                try (ResultSet hosts = statement.executeQuery("SHOW DNS_HOSTS")) {
                    int count = 0;
                    while (hosts.next()) {
                        count++;
                    }
                    assertThat(count).isEqualTo(1000);
                }
            }
            connection.commit();
        }
    }

    @Test
    void pgjdbcCommandsWithParameters() throws SQLException {
        try (Connection connection = connect("ApplicationName", "test")) {
            try (PreparedStatement resume = connection.prepareStatement("RESUME ?")) {
                resume.setString(1, "my shop");
                resume.execute();
            }
            assertThatThrownBy(() -> {
                        try (PreparedStatement kill = connection.prepareStatement("KILL_CLIENT ?")) {
                            kill.setInt(1, 17);
                            kill.execute();
                        }
                    })
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("08P01"))
                    .hasMessageContaining("client not found");
            assertThat(pooler.orders).containsExactly("resume my shop", "killClient 17");
        }
    }

    @Test
    void pgjdbcFindsTheConnectionAliveAndItsCatalogsEmpty() throws SQLException {
        try (Connection connection = connect("ApplicationName", "test")) {
            assertThat(connection.isValid(5)).isTrue();
            assertThat(connection.getSchema()).isEqualTo("public");
            assertThat(connection.getTransactionIsolation()).isEqualTo(Connection.TRANSACTION_READ_COMMITTED);
            connection.setReadOnly(true);
            try (ResultSet tables = connection.getMetaData().getTables(null, null, "%", null)) {
                assertThat(tables.next()).isFalse();
            }
        }
    }

    @Test
    void pgjdbcCancelsAPause() throws Exception {
        try (Connection connection = connect("ApplicationName", "test");
                Statement statement = connection.createStatement()) {
            CompletableFuture<Boolean> pause = CompletableFuture.supplyAsync(() -> {
                try {
                    return statement.execute("PAUSE");
                } catch (SQLException e) {
                    assertThat(e.getSQLState()).isEqualTo("57014");
                    return false;
                }
            });
            await().until(() -> pooler.orders.contains("pause null"));

            statement.cancel();

            assertThat(pause.get(20, TimeUnit.SECONDS)).isFalse();
            assertThat(pooler.orders).containsExactly("pause null", "undo");
        }
    }

    @Test
    void psqlShowsTables() throws Exception {
        assertThat(psql("SHOW STATE")).isEqualTo("active|yes\npaused|no\nsuspended|no\n");
        assertThat(psql("RESUME; SHOW pool_mode;")).isEqualTo("RESUME\nsession\n");
        assertThat(psql("SHOW HELP")).contains("Console usage", "KILL_CLIENT id");
        assertThat(psql("SHOW POLS")).contains("invalid command 'SHOW pols'", "Perhaps you meant SHOW POOLS.");
        assertThat(psql("\\d")).contains("Did not find any relations");
        assertThat(psql("\\dt *.*")).doesNotContain("ERROR");
        assertThat(psql("\\l")).doesNotContain("ERROR");
        assertThat(psql("\\du")).doesNotContain("ERROR");
    }

    private Connection connect(String property, String value) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", "root");
        properties.setProperty("sslmode", "prefer");
        properties.setProperty(property, value);
        return DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + server.port() + "/pgbouncer", properties);
    }

    private String psql(String command) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(
                        "psql", "-X", "-At", "-h", "127.0.0.1", "-p", "" + server.port(), "-U", "root", "-c", command)
                .redirectErrorStream(true);
        builder.environment().put("PGDATABASE", "pgbouncer");
        builder.environment().put("LC_ALL", "C");
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            assumeThat(e).as("psql is not installed").isNull();
            throw e;
        }
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        return output;
    }
}
