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
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Settings of a client that PostgreSQL took once and does not take any more: another server may,
/// and if none does the client hears of it, nothing of its own is executed, and its session goes
/// on.
@ExtendWith(LeakGuard.class)
final class RefusedSettingsIT {

    private final TestPostgres postgres = TestPostgres.shared(18);

    @SuppressWarnings("NullAway.Init")
    private WeirFixture weir;

    @BeforeEach
    void start() {
        define("CREATE ROLE hired", "GRANT hired TO other");
        weir = pool(2);
    }

    @AfterEach
    void stop() {
        weir.close();
        define("DROP ROLE IF EXISTS hired");
    }

    private WeirFixture pool(int size) {
        return WeirFixture.over(postgres)
                .set("default_pool_size", String.valueOf(size))
                .set("workers", "1")
                .start();
    }

    private void define(String... sql) {
        try (RawClient admin = postgres.superuser(Accounts.DATABASE)) {
            List.of(sql).forEach(admin::run);
        }
    }

    private static String types(List<Message> messages) {
        return messages.stream().map(message -> String.valueOf(message.type())).collect(Collectors.joining());
    }

    /// A client of a role that has been taken away since; its last server is another's now.
    private RawClient dismissed() {
        RawClient client = weir.connect(Accounts.OTHER);
        client.run("SET ROLE hired").run("SET work_mem = '3MB'");
        try (RawClient one = weir.connect(Accounts.OTHER);
                RawClient another = weir.connect(Accounts.OTHER)) {
            one.run("BEGIN");
            another.run("BEGIN");
        }
        define("REVOKE hired FROM other");
        return client;
    }

    @Test
    void aServerThatCannotTakeThemIsReplaced() {
        try (RawClient client = weir.connect(Accounts.APP);
                RawClient one = weir.connect(Accounts.APP);
                RawClient another = weir.connect(Accounts.APP)) {
            client.run("SET temp_buffers = '16MB'");
            one.run("BEGIN");
            another.run("BEGIN");
            for (RawClient other : List.of(one, another)) {
                other.run("CREATE TEMP TABLE touched (a int) ON COMMIT DROP")
                        .run("INSERT INTO touched VALUES (1)")
                        .run("COMMIT");
            }

            for (int i = 0; i < 3; i++) {
                assertThat(client.value("SHOW temp_buffers")).isEqualTo("16MB");
                assertThat(types(client.extended("SELECT 1"))).isEqualTo("12TDCZ");
                assertThat(one.value("SHOW temp_buffers")).isEqualTo("8MB");
                assertThat(another.value("SHOW temp_buffers")).isEqualTo("8MB");
            }
        }
    }

    @Test
    void aNewServerIsForWhoNeedsIt() {
        try (WeirFixture small = pool(1);
                RawClient client = small.connect(Accounts.APP);
                RawClient busy = small.connect(Accounts.APP);
                RawClient waiting = small.connect(Accounts.APP)) {
            client.run("SET temp_buffers = '16MB'");
            busy.run("BEGIN")
                    .run("CREATE TEMP TABLE touched (a int) ON COMMIT DROP")
                    .run("INSERT INTO touched VALUES (1)");
            client.send(Frontend.query("SHOW temp_buffers"));
            waiting.send(Frontend.query("SHOW temp_buffers"));
            busy.run("COMMIT");

            assertThat(client.expect("TDCZ").get(1).columns()).containsExactly("16MB");
            assertThat(waiting.expect("TDCZ").get(1).columns()).containsExactly("8MB");
            assertThat(busy.value("SHOW temp_buffers")).isEqualTo("8MB");
        }
    }

    @Test
    void theErrorIsPostgresqlsAndTheSessionGoesOn() {
        try (RawClient client = dismissed()) {
            for (int i = 0; i < 3; i++) {
                Message error = client.error("SELECT current_user");
                assertThat(error.severity()).isEqualTo("ERROR");
                assertThat(error.sqlState()).isEqualTo("42501");
                assertThat(error.text()).contains("permission denied to set role");
                assertThat(error.fields().toString()).contains("RESET role");
                assertThat(client.transactionStatus()).isEqualTo('I');
                assertThat(types(client.extended("SELECT 1"))).isEqualTo("EZ");
            }
            assertThat(client.error("BEGIN").sqlState()).isEqualTo("42501");
            assertThat(types(client.extended("RESET work_mem"))).isEqualTo("EZ");
            client.send(
                    Frontend.unnamed("SELECT 1"),
                    Frontend.sync(),
                    Frontend.query("SELECT 2"),
                    Frontend.unnamed("SELECT 3"));
            assertThat(types(client.readUntilReady(2))).isEqualTo("EZEZ");
            client.send(Frontend.sync());
            assertThat(types(client.readUntilReady())).isEqualTo("EZ");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "RESET ROLE",
                "SET ROLE NONE",
                "SET ROLE other",
                "SET role TO DEFAULT",
                "SET SESSION ROLE other",
                "DISCARD ALL",
                "extended RESET ROLE",
                "extended SET ROLE NONE",
                "extended DISCARD ALL",
            })
    void theClientCanGetOutOfIt(String way) {
        try (RawClient client = dismissed()) {
            client.error("SELECT 1");

            if (way.startsWith("extended ")) {
                assertThat(types(client.extended(way.substring("extended ".length()))))
                        .endsWith("CZ");
            } else {
                client.run(way);
            }

            assertThat(client.value("SELECT current_user")).isEqualTo("other");
            assertThat(client.value("SHOW work_mem")).isEqualTo(way.contains("DISCARD") ? "4MB" : "3MB");
        }
    }

    @Test
    void aFailedWayOutLeadsNowhere() {
        try (RawClient client = dismissed()) {
            client.error("SELECT 1");

            assertThat(client.error("SET ROLE nobody_at_all").sqlState()).isEqualTo("22023");

            assertThat(client.error("SELECT current_user").sqlState()).isEqualTo("42501");
            define("GRANT hired TO other");
            assertThat(client.value("SELECT current_user")).isEqualTo("hired");
            define("REVOKE hired FROM other");
        }
    }

    /// Settings that a server has taken before go out together with the query: nothing of what is behind them is
    /// executed.
    @Test
    void nothingBehindThemIsExecuted() {
        define("CREATE TABLE done (what text)", "GRANT ALL ON done TO PUBLIC");
        try (RawClient client = weir.connect(Accounts.OTHER);
                RawClient one = weir.connect(Accounts.OTHER);
                RawClient another = weir.connect(Accounts.OTHER)) {
            client.run("SET ROLE hired");
            for (int i = 0; i < 2; i++) {
                one.run("BEGIN");
                assertThat(client.value("SELECT current_user")).isEqualTo("hired");
                another.run("BEGIN");
                one.run("COMMIT");
                assertThat(client.value("SELECT current_user")).isEqualTo("hired");
                another.run("COMMIT");
            }
            one.run("BEGIN");
            another.run("BEGIN");
            one.run("COMMIT");
            another.run("COMMIT");
            define("REVOKE hired FROM other");

            client.send(
                    Frontend.query("INSERT INTO done VALUES ('query')"),
                    Frontend.unnamed("INSERT INTO done VALUES ('batch')"),
                    Frontend.sync(),
                    Frontend.parse("s", "INSERT INTO done VALUES ('named')"),
                    Frontend.bind("", "s"),
                    Frontend.execute("", 0),
                    Frontend.sync());
            assertThat(types(client.readUntilReady(3))).isEqualTo("EZEZEZ");
            client.send(Frontend.unnamed("INSERT INTO done VALUES ('open')"));
            client.send(Frontend.sync());
            assertThat(types(client.readUntilReady())).isEqualTo("EZ");
            client.run("RESET ROLE");
            assertThat(client.value("SELECT count(*) FROM done")).isEqualTo("0");
            assertThat(types(client.extended("SELECT 1"))).isEqualTo("12TDCZ");
        } finally {
            define("DROP TABLE done");
        }
    }
}
