package dev.weir.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.proxy.testkit.Accounts;
import dev.weir.proxy.testkit.LeakGuard;
import dev.weir.proxy.testkit.TestPostgres;
import dev.weir.proxy.testkit.WeirFixture;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;
import org.postgresql.largeobject.LargeObject;
import org.postgresql.largeobject.LargeObjectManager;

/// pgjdbc in its ways of speaking the protocol.
@ExtendWith(LeakGuard.class)
class DriversIT {
    private static WeirFixture weir;

    @BeforeAll
    static void start() throws SQLException {
        weir = WeirFixture.over(TestPostgres.shared())
                .set("default_pool_size", "2")
                .start();
        try (Connection connection = connect("extended");
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE driver (id int PRIMARY KEY, text text)");
        }
    }

    @AfterAll
    static void stop() throws SQLException {
        try (Connection connection = connect("extended");
                Statement statement = connection.createStatement()) {
            statement.execute("DROP TABLE driver");
        }
        weir.close();
    }

    private static Connection connect(String queryMode) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", Accounts.APP.user());
        properties.setProperty("password", Accounts.APP.password());
        properties.setProperty("preferQueryMode", queryMode);
        properties.setProperty("prepareThreshold", "2");
        properties.setProperty("ApplicationName", "driver test");
        return DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + weir.port() + "/app", properties);
    }

    @ParameterizedTest
    @ValueSource(strings = {"simple", "extended", "extendedForPrepared", "extendedCacheEverything"})
    void pgjdbcReadsAndWritesInEveryQueryMode(String mode) throws SQLException {
        try (Connection connection = connect(mode);
                Connection other = connect(mode)) {
            for (int i = 0; i < 10; i++) {
                for (Connection each : new Connection[] {connection, other}) {
                    try (PreparedStatement query = each.prepareStatement("SELECT ?::int + 1, ?::text, now()")) {
                        query.setInt(1, i);
                        query.setString(2, "it's " + i);
                        try (ResultSet result = query.executeQuery()) {
                            assertThat(result.next()).isTrue();
                            assertThat(result.getInt(1)).isEqualTo(i + 1);
                            assertThat(result.getString(2)).isEqualTo("it's " + i);
                        }
                    }
                }
            }
            try (Statement statement = connection.createStatement()) {
                assertThatThrownBy(() -> statement.execute("SELECT 1/0"))
                        .isInstanceOfSatisfying(
                                SQLException.class,
                                e -> assertThat(e.getSQLState()).isEqualTo("22012"));
                assertThat(statement.execute("SELECT 1")).isTrue();
            }
        }
    }

    @Test
    void pgjdbcSendsBatchesInTransactionsAndRollsBackFailedOnes() throws SQLException {
        try (Connection connection = connect("extended")) {
            connection.setAutoCommit(false);
            try (PreparedStatement insert = connection.prepareStatement(
                    "INSERT INTO driver VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET text = ?")) {
                for (int i = 0; i < 1_000; i++) {
                    insert.setInt(1, i);
                    insert.setString(2, "row " + i);
                    insert.setString(3, "again " + i);
                    insert.addBatch();
                }
                assertThat(insert.executeBatch()).hasSize(1_000).containsOnly(1);
            }
            connection.commit();
            try (Statement batch = connection.createStatement()) {
                batch.addBatch("UPDATE driver SET text = 'lost'");
                batch.addBatch("INSERT INTO driver VALUES (1, 'twice')");
                assertThatThrownBy(batch::executeBatch).isInstanceOf(BatchUpdateException.class);
            }
            connection.rollback();
            try (Statement statement = connection.createStatement();
                    ResultSet result = statement.executeQuery("SELECT count(*) FROM driver WHERE text LIKE 'row %'")) {
                assertThat(result.next()).isTrue();
                assertThat(result.getInt(1)).isEqualTo(1_000);
            }
            connection.rollback();
        }
    }

    @Test
    void pgjdbcReadsThroughACursor() throws SQLException {
        try (Connection connection = connect("extended")) {
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                statement.setFetchSize(7);
                try (ResultSet result = statement.executeQuery("SELECT generate_series(1, 1000)")) {
                    int expected = 1;
                    while (result.next()) {
                        assertThat(result.getInt(1)).isEqualTo(expected++);
                    }
                    assertThat(expected).isEqualTo(1_001);
                }
            }
            connection.commit();
        }
    }

    @Test
    void pgjdbcCopiesBothWays() throws Exception {
        try (Connection connection = connect("extended")) {
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                statement.execute("CREATE TEMP TABLE copied (n int, t text) ON COMMIT DROP");
            }
            CopyManager copy = connection.unwrap(PGConnection.class).getCopyAPI();
            StringBuilder lines = new StringBuilder();
            for (int i = 0; i < 50_000; i++) {
                lines.append(i).append('\t').append("text ").append(i).append('\n');
            }
            assertThat(copy.copyIn("COPY copied FROM STDIN", new StringReader(lines.toString())))
                    .isEqualTo(50_000);
            StringWriter back = new StringWriter();
            copy.copyOut("COPY (SELECT * FROM copied ORDER BY n) TO STDOUT", back);
            assertThat(back.toString()).isEqualTo(lines.toString());
            connection.commit();
        }
    }

    @Test
    void pgjdbcWritesAndReadsLargeObjectsByFunctionCalls() throws SQLException {
        try (Connection connection = connect("extended")) {
            connection.setAutoCommit(false);
            LargeObjectManager objects = connection.unwrap(PGConnection.class).getLargeObjectAPI();
            long oid = objects.createLO();
            byte[] content = "large object ".repeat(100_000).getBytes(StandardCharsets.US_ASCII);
            try (LargeObject object = objects.open(oid)) {
                object.write(content);
            }
            connection.commit();
            try (LargeObject object = objects.open(oid)) {
                assertThat(object.read(content.length + 1)).isEqualTo(content);
            }
            objects.delete(oid);
            connection.commit();
        }
    }

    @Test
    void pgjdbcCancelsAQuery() throws Exception {
        try (Connection connection = connect("extended");
                Statement statement = connection.createStatement()) {
            CountDownLatch cancelled = new CountDownLatch(1);
            Thread canceller = Thread.ofVirtual().start(() -> {
                try {
                    awaitSleep();
                    statement.cancel();
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                } finally {
                    cancelled.countDown();
                }
            });
            assertThatThrownBy(() -> statement.execute("SELECT pg_sleep(60), 'driver sleeps'"))
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("57014"));
            canceller.join();
            assertThat(statement.execute("SELECT 1")).isTrue();
        }
    }

    private static void awaitSleep() {
        try (var observer = TestPostgres.shared().superuser("postgres")) {
            org.awaitility.Awaitility.await("the sleep")
                    .until(() -> observer.value("SELECT count(*) FROM pg_stat_activity WHERE state = 'active'"
                                    + " AND pid <> pg_backend_pid() AND query LIKE '%driver sleeps%'")
                            .equals("1"));
        }
    }

    @Test
    void pgjdbcQueryTimeoutEndsTheQuery() throws SQLException {
        try (Connection connection = connect("extended");
                Statement statement = connection.createStatement()) {
            statement.setQueryTimeout(1);
            assertThatThrownBy(() -> statement.execute("SELECT pg_sleep(60)"))
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("57014"));
        }
    }
}
