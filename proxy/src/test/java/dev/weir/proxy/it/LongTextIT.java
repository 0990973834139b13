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
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Texts of many kilobytes are understood as short ones are, in transaction mode on servers that everybody shares.
@ExtendWith(LeakGuard.class)
final class LongTextIT {

    private static final String MUCH = "/* " + "much ".repeat(40_000) + "*/ ";

    @SuppressWarnings("NullAway.Init")
    private WeirFixture weir;

    @SuppressWarnings("NullAway.Init")
    private RawClient client;

    @SuppressWarnings("NullAway.Init")
    private RawClient other;

    @BeforeEach
    void start() {
        weir = WeirFixture.over(TestPostgres.shared())
                .set("default_pool_size", "1")
                .set("workers", "1")
                .start();
        client = weir.connect(Accounts.APP);
        other = weir.connect(Accounts.APP);
    }

    @AfterEach
    void stop() {
        List.of(client, other).forEach(RawClient::hangUp);
        weir.close();
    }

    private static String show(RawClient client, String setting) {
        return client.value("SELECT coalesce(current_setting('" + setting + "', true), '')");
    }

    @Test
    void whatIsSetAtTheEndFollows() {
        client.run("SELECT 1; " + MUCH + "SET work_mem = '3MB'; SET app.long = 'one'");
        assertThat(show(other, "work_mem")).isEqualTo("4MB");
        assertThat(show(other, "app.long")).isEmpty();
        assertThat(show(client, "work_mem")).isEqualTo("3MB");
        assertThat(show(client, "app.long")).isEqualTo("one");

        client.extended("SELECT " + MUCH + " set_config('work_mem', '5MB', false)");
        assertThat(show(other, "work_mem")).isEqualTo("4MB");
        assertThat(show(client, "work_mem")).isEqualTo("5MB");
    }

    @Test
    void whatKeepsAServerKeepsIt() {
        client.run("SELECT 1; " + MUCH + "SELECT pg_advisory_lock(8801)");
        try (RawClient console = weir.console()) {
            Awaitility.await()
                    .untilAsserted(() ->
                            assertThat(console.rows("SHOW PINS").toString()).contains("advisory lock"));
            client.run(MUCH + "SELECT pg_advisory_unlock(8801)");
            Awaitility.await()
                    .untilAsserted(() -> assertThat(console.rows("SHOW PINS")).isEmpty());
        }
        assertThat(other.value("SELECT 'served'")).isEqualTo("served");
    }

    @Test
    void aLongStatementIsPreparedBySqlAndKeptWhole() {
        client.run("PREPARE long AS " + MUCH + "SELECT 'the end'");
        other.run("DEALLOCATE ALL");
        assertThat(client.value("EXECUTE long")).isEqualTo("the end");
        assertThat(client.value("EXECUTE long " + MUCH)).isEqualTo("the end");
        client.run("DEALLOCATE long" + MUCH);
        assertThat(client.error("EXECUTE long").sqlState()).isEqualTo("26000");
    }

    @Test
    void whatCannotBeHeldIsRefused() {
        String tooMuch = "x".repeat(17 << 20);
        Message error = client.error("PREPARE huge AS SELECT '" + tooMuch + "'");
        assertThat(error.sqlState()).isEqualTo("54000");
        assertThat(client.value("SELECT 'goes on'")).isEqualTo("goes on");

        client.run("BEGIN");
        assertThat(client.error("PREPARE huge AS SELECT '" + tooMuch + "'").sqlState())
                .isEqualTo("54000");
        assertThat(client.error("SELECT 1").sqlState()).isEqualTo("25P02");
        client.run("ROLLBACK");
        assertThat(client.value("SELECT length('" + tooMuch + "')")).isEqualTo(String.valueOf(17 << 20));
    }

    @Test
    void aLongListenIsHeard() {
        client.run("LISTEN far " + MUCH);
        other.run(MUCH + "NOTIFY far, 'x'");
        assertThat(client.read().type()).isEqualTo('A');
    }

    @Test
    void aLongStatementWithoutANameOutlivesItsTransaction() {
        for (String text : List.of(
                "SELECT 'mine' " + MUCH,
                "SELECT CASE WHEN 'a' IN (" + "'x',".repeat(30_000) + "'y') THEN '' ELSE 'mine' END")) {
            client.send(Frontend.parse("", text), Frontend.sync()).expect("1Z");
            other.extended("SELECT 'theirs'");
            client.send(Frontend.bind("", ""), Frontend.execute("", 0), Frontend.sync());
            assertThat(String.valueOf(client.expect("2DCZ").get(1).columns().getFirst()))
                    .endsWith("mine");
        }
    }
}
