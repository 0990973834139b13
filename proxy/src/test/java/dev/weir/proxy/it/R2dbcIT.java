package dev.weir.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.testkit.Accounts;
import dev.weir.proxy.testkit.LeakGuard;
import dev.weir.proxy.testkit.TestPostgres;
import dev.weir.proxy.testkit.WeirFixture;
import io.r2dbc.postgresql.PostgresqlConnectionConfiguration;
import io.r2dbc.postgresql.PostgresqlConnectionFactory;
import io.r2dbc.postgresql.api.PostgresqlConnection;
import io.r2dbc.postgresql.api.PostgresqlResult;
import io.r2dbc.spi.R2dbcException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// The R2DBC driver as it is by default, in transaction mode on two servers.
@ExtendWith(LeakGuard.class)
class R2dbcIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int CLIENTS = 8;
    private static final int QUERIES = 40;

    private static WeirFixture weir;
    private static PostgresqlConnectionFactory factory;

    @BeforeAll
    static void start() {
        weir = WeirFixture.over(TestPostgres.shared())
                .set("default_pool_size", "2")
                .start();
        factory = new PostgresqlConnectionFactory(PostgresqlConnectionConfiguration.builder()
                .host("127.0.0.1")
                .port(weir.port())
                .database(Accounts.DATABASE)
                .username(Accounts.APP.user())
                .password(Accounts.APP.password())
                .build());
    }

    @AfterAll
    static void stop() {
        weir.close();
    }

    private static List<String> strings(Publisher<PostgresqlResult> results) {
        return Flux.from(results)
                .flatMap(result -> result.map((row, metadata) -> String.valueOf(row.get(0))))
                .collectList()
                .block(PATIENCE);
    }

    @Test
    void everyClientGetsItsOwnAnswers() throws Exception {
        Threads.run(CLIENTS, mark -> {
            PostgresqlConnection connection = factory.create().block(PATIENCE);
            try {
                for (int i = 0; i < QUERIES; i++) {
                    assertThat(strings(connection
                                    .createStatement("SELECT $1 || $2::int")
                                    .bind(0, mark + " ")
                                    .bind(1, i)
                                    .execute()))
                            .containsExactly(mark + " " + i);
                }
            } finally {
                connection.close().block(PATIENCE);
            }
        });
    }

    @Test
    void transactionsSavepointsAndFetchSizes() throws Exception {
        PostgresqlConnection owner = factory.create().block(PATIENCE);
        strings(owner.createStatement("CREATE TABLE driver_reactive (mark text, n int)")
                .execute());
        try {
            Threads.run(CLIENTS, mark -> {
                PostgresqlConnection connection = factory.create().block(PATIENCE);
                connection.beginTransaction().block(PATIENCE);
                Mono.from(insert(connection, mark, 1)).block(PATIENCE);
                connection.createSavepoint("s").block(PATIENCE);
                Mono.from(insert(connection, mark, 2)).block(PATIENCE);
                assertThat(Flux.from(connection.createStatement("SELECT 1/0").execute())
                                .flatMap(result -> result.map((row, metadata) -> "none"))
                                .onErrorResume(R2dbcException.class, e -> Mono.just(e.getSqlState()))
                                .collectList()
                                .block(PATIENCE))
                        .containsExactly("22012");
                connection.rollbackTransactionToSavepoint("s").block(PATIENCE);
                connection.commitTransaction().block(PATIENCE);
                assertThat(strings(connection
                                .createStatement(
                                        "SELECT n FROM driver_reactive, generate_series(1, 100)" + " WHERE mark = $1")
                                .bind("$1", mark)
                                .fetchSize(7)
                                .execute()))
                        .hasSize(100)
                        .containsOnly("1");
                connection.close().block(PATIENCE);
            });
        } finally {
            strings(owner.createStatement("DROP TABLE driver_reactive").execute());
            owner.close().block(PATIENCE);
        }
    }

    private static Mono<Long> insert(PostgresqlConnection connection, String mark, int n) {
        return connection
                .createStatement("INSERT INTO driver_reactive VALUES ($1, $2)")
                .bind(0, mark)
                .bind(1, n)
                .execute()
                .flatMap(PostgresqlResult::getRowsUpdated)
                .next();
    }
}
