package dev.weir.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.proxy.testkit.Accounts;
import dev.weir.proxy.testkit.LeakGuard;
import dev.weir.proxy.testkit.TestPostgres;
import dev.weir.proxy.testkit.WeirFixture;
import java.io.StringReader;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.Properties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.postgresql.PGConnection;

/// What applications do with a session of pgjdbc as it is by default, many at a time on two servers.
@ExtendWith(LeakGuard.class)
class JdbcSessionIT {
    private static final int CLIENTS = 8;
    private static final int ROUNDS = 12;

    private static WeirFixture weir;

    @BeforeAll
    static void start() {
        weir = WeirFixture.over(TestPostgres.shared())
                .set("default_pool_size", "2")
                .start();
    }

    @AfterAll
    static void stop() {
        weir.close();
    }

    private static Connection connect(String... properties) throws SQLException {
        Properties all = new Properties();
        all.setProperty("user", Accounts.APP.user());
        all.setProperty("password", Accounts.APP.password());
        for (int i = 0; i < properties.length; i += 2) {
            all.setProperty(properties[i], properties[i + 1]);
        }
        return DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + weir.port() + "/" + Accounts.DATABASE, all);
    }

    private static String value(Statement statement, String sql) throws SQLException {
        try (ResultSet result = statement.executeQuery(sql)) {
            assertThat(result.next()).isTrue();
            return result.getString(1);
        }
    }

    @Test
    void settingsFollowTheirConnection() throws Exception {
        Threads.run(CLIENTS, mark -> {
            try (Connection connection = connect("ApplicationName", mark);
                    Statement statement = connection.createStatement()) {
                statement.execute("SET statement_timeout = '61s'; SET app.driver = '" + mark + "'");
                for (int i = 0; i < ROUNDS; i++) {
                    assertThat(value(
                                    statement,
                                    "SELECT current_setting('application_name') || current_setting('app.driver')"
                                            + " || current_setting('statement_timeout')"))
                            .isEqualTo(mark + mark + "61s");
                }
            }
        });
    }

    @Test
    void serverPreparedStatementsAndBatchesKeepToTheirConnection() throws Exception {
        try (Connection owner = connect();
                Statement statement = owner.createStatement()) {
            statement.execute("CREATE TABLE driver_batch (mark text, n int)");
        }
        try {
            Threads.run(CLIENTS, JdbcSessionIT::insertsInBatchesAndCounts);
        } finally {
            try (Connection owner = connect();
                    Statement statement = owner.createStatement()) {
                statement.execute("DROP TABLE driver_batch");
            }
        }
    }

    private static void insertsInBatchesAndCounts(String mark) throws SQLException {
        try (Connection connection = connect();
                PreparedStatement insert = connection.prepareStatement("INSERT INTO driver_batch VALUES (?, ?)");
                PreparedStatement count =
                        connection.prepareStatement("SELECT count(*), min(mark) FROM driver_batch WHERE mark = ?")) {
            for (int round = 1; round <= ROUNDS; round++) {
                for (int n = 0; n < 20; n++) {
                    insert.setString(1, mark);
                    insert.setInt(2, n);
                    insert.addBatch();
                }
                assertThat(insert.executeBatch()).hasSize(20).containsOnly(1);
                count.setString(1, mark);
                try (ResultSet result = count.executeQuery()) {
                    assertThat(result.next()).isTrue();
                    assertThat(result.getInt(1)).isEqualTo(20 * round);
                    assertThat(result.getString(2)).isEqualTo(mark);
                }
            }
        }
    }

    @Test
    void savepointsAndAutosaveKeepATransactionGoing() throws Exception {
        Threads.run(CLIENTS, mark -> {
            try (Connection connection = connect("autosave", "always");
                    Statement statement = connection.createStatement()) {
                connection.setAutoCommit(false);
                statement.execute("CREATE TEMP TABLE saved (t text) ON COMMIT DROP");
                statement.execute("INSERT INTO saved VALUES ('" + mark + "')");
                Savepoint savepoint = connection.setSavepoint("s");
                statement.execute("INSERT INTO saved VALUES ('lost')");
                assertThatThrownBy(() -> statement.execute("SELECT 1/0")).isInstanceOf(SQLException.class);
                assertThat(value(statement, "SELECT count(*) FROM saved")).isEqualTo("2");
                connection.rollback(savepoint);
                assertThat(value(statement, "SELECT string_agg(t, ',') FROM saved"))
                        .isEqualTo(mark);
                connection.commit();
            }
        });
    }

    @Test
    void temporaryTablesTakeCopiesAndAreReadInParts() throws Exception {
        Threads.run(3, mark -> {
            try (Connection connection = connect("defaultRowFetchSize", "7");
                    Statement statement = connection.createStatement()) {
                statement.execute("CREATE TEMP TABLE kept (t text)");
                connection
                        .unwrap(PGConnection.class)
                        .getCopyAPI()
                        .copyIn("COPY kept FROM STDIN", new StringReader((mark + "\n").repeat(100)));
                connection.setAutoCommit(false);
                try (ResultSet result = statement.executeQuery("SELECT t FROM kept")) {
                    int rows = 0;
                    while (result.next()) {
                        assertThat(result.getString(1)).isEqualTo(mark);
                        rows++;
                    }
                    assertThat(rows).isEqualTo(100);
                }
                connection.commit();
                statement.execute("DROP TABLE kept");
                connection.commit();
            }
        });
    }

    @Test
    void sessionLocksExcludeOthers() throws Exception {
        try (Connection connection = connect();
                Connection other = connect();
                Statement statement = connection.createStatement();
                Statement rival = other.createStatement()) {
            assertThat(value(statement, "SELECT pg_try_advisory_lock(99731)")).isEqualTo("t");
            for (int i = 0; i < ROUNDS; i++) {
                assertThat(value(rival, "SELECT pg_try_advisory_lock(99731)")).isEqualTo("f");
                assertThat(value(statement, "SELECT 1")).isEqualTo("1");
            }
            assertThat(value(statement, "SELECT pg_advisory_unlock(99731)")).isEqualTo("t");
            assertThat(value(rival, "SELECT pg_try_advisory_lock(99731)")).isEqualTo("t");
        }
    }
}
