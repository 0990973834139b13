package dev.weir.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.weir.proxy.testkit.Accounts;
import dev.weir.proxy.testkit.LeakGuard;
import dev.weir.proxy.testkit.TestPostgres;
import dev.weir.proxy.testkit.WeirFixture;
import jakarta.persistence.OptimisticLockException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.flywaydb.database.postgresql.PostgreSQLConfigurationExtension;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.hibernate.boot.registry.StandardServiceRegistryBuilder;
import org.hibernate.cfg.Configuration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// HikariCP, Flyway and Hibernate as they are by default, in transaction mode on two servers.
@ExtendWith(LeakGuard.class)
class OrmIT {
    private static final int CLIENTS = 8;
    private static final int BOOKS = 30;

    private static WeirFixture weir;
    private static HikariDataSource source;
    private static SessionFactory sessions;

    @BeforeAll
    static void start() {
        weir = WeirFixture.over(TestPostgres.shared())
                .set("default_pool_size", "2")
                .start();
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl("jdbc:postgresql://127.0.0.1:" + weir.port() + "/" + Accounts.DATABASE);
        config.setUsername(Accounts.APP.user());
        config.setPassword(Accounts.APP.password());
        source = new HikariDataSource(config);
        flyway("db/driver").load().migrate();
        sessions = new Configuration()
                .addAnnotatedClass(Book.class)
                .buildSessionFactory(new StandardServiceRegistryBuilder()
                        .applySetting("hibernate.connection.datasource", source)
                        .applySetting("hibernate.jdbc.batch_size", 10)
                        .build());
    }

    @AfterAll
    static void stop() throws SQLException {
        sessions.close();
        execute("DROP TABLE driver_book, driver_history", "DROP SEQUENCE driver_book_seq");
        source.close();
        weir.close();
    }

    private static FluentConfiguration flyway(String... locations) {
        return Flyway.configure()
                .dataSource(source)
                .table("driver_history")
                .locations(locations)
                .baselineOnMigrate(true)
                .baselineVersion("0");
    }

    private static void execute(String... commands) throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            for (String command : commands) {
                statement.execute(command);
            }
        }
    }

    @Test
    void flywayFindsItsMigrationsDoneAndGoesOn() throws Exception {
        assertThat(flyway("db/driver").load().migrate().migrationsExecuted).isZero();
        assertThat(flyway("db/driver").load().validateWithResult().validationSuccessful)
                .isTrue();
    }

    @Test
    void flywayBuildsAnIndexConcurrentlyUnderItsSessionsLock() throws Exception {
        FluentConfiguration configuration = flyway("db/driver", "db/driver-concurrently");
        configuration
                .getConfigurationExtension(PostgreSQLConfigurationExtension.class)
                .setTransactionalLock(false);
        assertThat(configuration.load().migrate().migrationsExecuted).isEqualTo(1);
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(
                        "SELECT indisvalid FROM pg_index WHERE indexrelid = 'driver_book_title'::regclass")) {
            assertThat(result.next()).isTrue();
            assertThat(result.getBoolean(1)).isTrue();
        }
    }

    @Test
    void hibernateWritesReadsAndChangesInManyThreads() throws Exception {
        Threads.run(CLIENTS, mark -> {
            sessions.inTransaction(session -> {
                for (int i = 0; i < BOOKS; i++) {
                    session.persist(new Book(mark, mark + " title " + i, i));
                }
            });
            for (int round = 0; round < 3; round++) {
                sessions.inTransaction(session -> {
                    for (Book book : books(session, mark)) {
                        book.addPages(1);
                    }
                });
            }
            sessions.inSession(session -> {
                List<Book> books = books(session, mark);
                assertThat(books)
                        .hasSize(BOOKS)
                        .allMatch(book ->
                                book.owner().equals(mark) && book.title().startsWith(mark));
                assertThat(books.stream().mapToInt(Book::pages).sum()).isEqualTo(BOOKS * (BOOKS - 1) / 2 + 3 * BOOKS);
            });
            sessions.inTransaction(session -> books(session, mark).forEach(session::remove));
            sessions.inSession(session -> assertThat(books(session, mark)).isEmpty());
        });
    }

    private static List<Book> books(Session session, String owner) {
        return session.createSelectionQuery("from Book where owner = :owner order by id", Book.class)
                .setParameter("owner", owner)
                .setFetchSize(7)
                .list();
    }

    @Test
    void hibernateSeesThatSomebodyElseHasChangedTheRow() {
        Book book = new Book("rival", "contested", 1);
        sessions.inTransaction(session -> session.persist(book));
        assertThatThrownBy(() -> sessions.inTransaction(session -> {
                    Book mine = session.find(Book.class, book.id());
                    sessions.inTransaction(
                            other -> other.find(Book.class, book.id()).addPages(10));
                    mine.addPages(1);
                }))
                .isInstanceOf(OptimisticLockException.class);
        sessions.inSession(session ->
                assertThat(session.find(Book.class, book.id()).pages()).isEqualTo(11));
        sessions.inTransaction(session -> session.remove(session.find(Book.class, book.id())));
    }

    @Test
    void hikariHandsOutConnectionsAsTheyWere() throws Exception {
        Threads.run(CLIENTS, mark -> {
            for (int i = 0; i < 10; i++) {
                try (Connection connection = source.getConnection()) {
                    assertThat(connection.isReadOnly()).isFalse();
                    assertThat(connection.getTransactionIsolation()).isEqualTo(Connection.TRANSACTION_READ_COMMITTED);
                    connection.setReadOnly(true);
                    connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
                    try (Statement statement = connection.createStatement();
                            ResultSet result =
                                    statement.executeQuery("SELECT current_setting('transaction_isolation')")) {
                        assertThat(result.next()).isTrue();
                        assertThat(result.getString(1)).isEqualTo("serializable");
                    }
                    connection.setAutoCommit(false);
                    try (Statement statement = connection.createStatement()) {
                        assertThatThrownBy(() -> statement.execute("CREATE TABLE never (n int)"))
                                .isInstanceOfSatisfying(
                                        SQLException.class,
                                        e -> assertThat(e.getSQLState()).isEqualTo("25006"));
                    }
                    connection.rollback();
                }
                try (Connection connection = source.getConnection();
                        Statement statement = connection.createStatement();
                        ResultSet result = statement.executeQuery("SELECT current_setting('transaction_isolation')")) {
                    assertThat(result.next()).isTrue();
                    assertThat(result.getString(1)).isEqualTo("read committed");
                }
            }
        });
    }
}
