package dev.weir.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.testkit.Accounts;
import dev.weir.proxy.testkit.LeakGuard;
import dev.weir.proxy.testkit.TestPostgres;
import dev.weir.proxy.testkit.WeirFixture;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The Vert.x client, which sends many queries ahead of their answers.
@ExtendWith(LeakGuard.class)
class PipeliningDriverIT {
    private static final int CONNECTIONS = 8;
    private static final int QUERIES = 300;

    private static Vertx vertx;

    @BeforeAll
    static void start() {
        vertx = Vertx.vertx();
    }

    @AfterAll
    static void stop() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void everyAnswerOfADeepPipelineReachesItsQuestion(boolean cached) throws Exception {
        try (WeirFixture weir = WeirFixture.over(TestPostgres.shared())
                .set("default_pool_size", "3")
                .start()) {
            PgConnectOptions options = new PgConnectOptions()
                    .setHost("127.0.0.1")
                    .setPort(weir.port())
                    .setDatabase(Accounts.DATABASE)
                    .setUser(Accounts.APP.user())
                    .setPassword(Accounts.APP.password())
                    .setCachePreparedStatements(cached)
                    .setPipeliningLimit(64);
            List<PgConnection> connections = new ArrayList<>();
            for (int i = 0; i < CONNECTIONS; i++) {
                connections.add(await(PgConnection.connect(vertx, options)));
            }
            List<Future<RowSet<Row>>> answers = new ArrayList<>();
            for (int i = 0; i < QUERIES; i++) {
                for (int c = 0; c < CONNECTIONS; c++) {
                    answers.add(connections
                            .get(c)
                            .preparedQuery("SELECT $1::int, $2::text")
                            .execute(Tuple.of(i, "connection " + c)));
                }
            }
            for (int i = 0; i < answers.size(); i++) {
                Row row = await(answers.get(i)).iterator().next();
                assertThat(row.getInteger(0)).isEqualTo(i / CONNECTIONS);
                assertThat(row.getString(1)).isEqualTo("connection " + i % CONNECTIONS);
            }
            for (PgConnection connection : connections) {
                await(connection.close());
            }
        }
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }
}
