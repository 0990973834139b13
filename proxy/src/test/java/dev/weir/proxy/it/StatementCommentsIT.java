package dev.weir.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.testkit.Accounts;
import dev.weir.proxy.testkit.Frontend;
import dev.weir.proxy.testkit.LeakGuard;
import dev.weir.proxy.testkit.Message;
import dev.weir.proxy.testkit.RawClient;
import dev.weir.proxy.testkit.TestPostgres;
import dev.weir.proxy.testkit.WeirFixture;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What tracers write around a statement.
@ExtendWith(LeakGuard.class)
class StatementCommentsIT {
    private static WeirFixture weir;

    @BeforeAll
    static void start() {
        weir = WeirFixture.over(TestPostgres.shared())
                .set("default_pool_size", "1")
                .database(
                        "kept",
                        "host=127.0.0.1 port=" + TestPostgres.shared().port() + " dbname=app statement_comments=keep")
                .start();
    }

    @AfterAll
    static void stop() {
        weir.close();
    }

    /// What servers have of two statements that differ in their comments alone.
    private static List<String> onTheServer(String database) {
        try (RawClient client = weir.connect(Accounts.APP.to(database))) {
            for (String trace : List.of("1", "2")) {
                client.send(
                        Frontend.parse("s" + trace, "/* traceparent " + trace + " */ SELECT 'it' -- " + trace),
                        Frontend.bind("", "s" + trace),
                        Frontend.execute("", 0),
                        Frontend.sync());
                assertThat(client.expect("12DCZ").get(2).columns()).containsExactly("it");
            }
            return client.rows("SELECT statement FROM pg_prepared_statements ORDER BY 1").stream()
                    .map(List::getFirst)
                    .map(String::strip)
                    .toList();
        }
    }

    @Test
    void areLeftOutSoThatStatementsAreShared() {
        assertThat(onTheServer(Accounts.DATABASE)).containsExactly("SELECT 'it'");
    }

    @Test
    void reachTheServerWhereTheyAreWanted() {
        assertThat(onTheServer("kept"))
                .containsExactly("/* traceparent 1 */ SELECT 'it' -- 1", "/* traceparent 2 */ SELECT 'it' -- 2");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT no_such_column",
                "/* trace */ SELECT no_such_column",
                "-- käse und Überfluß\n  /* a /* nested */ one */\n SELECT no_such_column /* behind */",
            })
    void doNotMoveThePlaceOfAnError(String sql) {
        try (RawClient direct = RawClient.connect(TestPostgres.shared().tcp(), Accounts.APP);
                RawClient client = weir.connect(Accounts.APP)) {
            assertThat(place(client, sql)).isEqualTo(place(direct, sql));
        }
    }

    private static @Nullable String place(RawClient client, String sql) {
        List<Message> answer =
                client.send(Frontend.parse("named", sql), Frontend.sync()).expect("EZ");
        return answer.getFirst().fields().get('P');
    }
}
