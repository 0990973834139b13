package dev.weir.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.weir.proxy.testkit.Accounts;
import dev.weir.proxy.testkit.Frontend;
import dev.weir.proxy.testkit.LeakGuard;
import dev.weir.proxy.testkit.LogLines;
import dev.weir.proxy.testkit.Message;
import dev.weir.proxy.testkit.RawClient;
import dev.weir.proxy.testkit.Shown;
import dev.weir.proxy.testkit.TestPostgres;
import dev.weir.proxy.testkit.WeirFixture;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Clients in transaction mode on two servers: who holds something that lives in one session only keeps that server as
/// long as it is there, and nobody finds anything of it afterwards.
@ExtendWith(LeakGuard.class)
final class PinIT {

    private final TestPostgres postgres = TestPostgres.shared(18);

    @SuppressWarnings("NullAway.Init")
    private WeirFixture weir;

    @SuppressWarnings("NullAway.Init")
    private RawClient first;

    @SuppressWarnings("NullAway.Init")
    private RawClient second;

    @BeforeEach
    void start() {
        weir = WeirFixture.over(postgres)
                .set("pool_mode", "transaction")
                .set("default_pool_size", "2")
                .set("workers", "1")
                .start();
        first = weir.connect(Accounts.APP);
        second = weir.connect(Accounts.APP);
    }

    @AfterEach
    void stop() {
        first.close();
        second.close();
        weir.close();
    }

    private void assertPinned() {
        first.run("SELECT 1"); // behind the question for what is left
        assertThat(weir.pool(Accounts.DATABASE, "app").get("sv_active")).isEqualTo("1");
    }

    private void assertFree() {
        weir.awaitPool(Accounts.DATABASE, "app", "sv_active", "0");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT pg_advisory_lock(7001)",
                "SELECT pg_try_advisory_lock_shared(7, 1)",
                "BEGIN; SELECT pg_advisory_lock(7001); COMMIT",
                "DO $$ BEGIN PERFORM pg_advisory_lock(7001); END $$",
                "CREATE TEMP TABLE pin (a int)",
                "CREATE TEMPORARY VIEW pin AS SELECT 1 AS a",
                "CREATE TABLE pg_temp.pin (a int)",
                "SELECT 1 AS a INTO TEMP pin",
                "CREATE TEMP SEQUENCE pin",
                "DO $$ BEGIN CREATE TEMP TABLE pin AS SELECT 1 AS a; END $$",
                "BEGIN; DECLARE pin CURSOR WITH HOLD FOR SELECT 1; COMMIT",
                "SELECT 1; PREPARE U&\"pin\" AS SELECT 1",
            })
    void keepsItsServer(String sql) {
        first.run(sql);

        assertPinned();
        String server = first.value("SELECT pg_backend_pid()");
        for (int i = 0; i < 3; i++) {
            assertThat(second.value("SELECT pg_backend_pid()")).isNotEqualTo(server);
            assertThat(first.value("SELECT pg_backend_pid()")).isEqualTo(server);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT pg_advisory_lock(7001)",
                "CREATE TEMP TABLE pin (a int)",
                "SELECT 1 AS a INTO TEMP pin",
                "DO $$ BEGIN PERFORM pg_advisory_lock(7001); END $$",
            })
    void keepsItsServerInTheExtendedProtocol(String sql) {
        first.extended(sql);

        assertPinned();
    }

    @Test
    void aStatementThatLocksPinsEachTimeItIsExecuted() {
        first.send(Frontend.parse("locks", "SELECT pg_advisory_lock($1)"), Frontend.sync());
        first.readUntilReady();
        assertFree();
        first.send(Frontend.bind("", "locks", "7001"), Frontend.execute("", 0), Frontend.sync());
        first.readUntilReady();
        assertPinned();
        first.run("SELECT pg_advisory_unlock(7001)");
        assertFree();
        first.send(Frontend.bind("", "locks", "7002"), Frontend.execute("", 0), Frontend.sync());
        first.readUntilReady();

        assertPinned();
    }

    @Test
    void aHeldCursorOfTheExtendedProtocolIsReadOn() {
        first.run("BEGIN");
        first.extended("DECLARE pin CURSOR WITH HOLD FOR SELECT generate_series(1, 9)");
        first.run("COMMIT");
        second.run("SELECT 1");

        assertThat(first.value("FETCH pin")).isEqualTo("1");
        assertThat(first.value("FETCH pin")).isEqualTo("2");
        assertThat(second.error("FETCH pin").sqlState()).isEqualTo("34000");
        first.extended("CLOSE pin");
        assertFree();
    }

    @Test
    void aProcedureMayLeaveSomething() {
        first.run("CREATE OR REPLACE PROCEDURE pin_makes() LANGUAGE plpgsql AS"
                + " $$ BEGIN CREATE TEMP TABLE pin (a int); END $$");
        first.run("CALL pin_makes()").run("INSERT INTO pin VALUES (1)");

        assertPinned();
        first.run("DROP TABLE pin").run("DROP PROCEDURE pin_makes");
        assertFree();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "SELECT pg_advisory_lock(7001) | SELECT pg_advisory_unlock(7001)",
                "SELECT pg_advisory_lock(7001), pg_advisory_lock(7002) | SELECT pg_advisory_unlock_all()",
                "SELECT pg_advisory_lock(7001) | DISCARD ALL",
                "SELECT pg_advisory_lock(7001) | DO $$ BEGIN PERFORM pg_advisory_unlock(7001); END $$",
                "CREATE TEMP TABLE pin (a int) | DROP TABLE pin",
                "CREATE TEMP TABLE pin (a int) | DISCARD TEMP",
                "CREATE TEMP TABLE pin (a int) | DISCARD ALL",
                "BEGIN; DECLARE pin CURSOR WITH HOLD FOR SELECT 1; COMMIT | CLOSE pin",
                "BEGIN; DECLARE pin CURSOR WITH HOLD FOR SELECT 1; COMMIT | CLOSE ALL",
                "BEGIN; DECLARE pin CURSOR WITH HOLD FOR SELECT 1; COMMIT | DISCARD ALL",
                "SELECT 1; PREPARE U&\"pin\" AS SELECT 1 | DEALLOCATE pin",
                "SELECT 1; PREPARE U&\"pin\" AS SELECT 1 | DEALLOCATE ALL",
            })
    void isFreeAgain(String begins, String ends) {
        first.run(begins);
        assertPinned();
        first.run(ends);
        assertFree();
        first.run(begins);
        assertPinned();

        first.extended(ends);

        assertFree();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "BEGIN; CREATE TEMP TABLE pin (a int) ON COMMIT DROP; COMMIT",
                "BEGIN; CREATE TEMP TABLE pin (a int); ROLLBACK",
                "BEGIN; SELECT pg_advisory_xact_lock(7001); COMMIT",
                "BEGIN; SAVEPOINT a; CREATE TEMP TABLE pin (a int); ROLLBACK TO a; COMMIT",
                "BEGIN; DECLARE pin CURSOR WITH HOLD FOR SELECT 1; ROLLBACK",
                "BEGIN; DECLARE pin CURSOR FOR SELECT 1; COMMIT",
                "SELECT pg_advisory_lock(7001), pg_advisory_unlock(7001)",
                "CREATE TEMP TABLE pin (a int); DROP TABLE pin",
                "BEGIN; SELECT lo_open(lo_create(74001), 131072); COMMIT; SELECT lo_unlink(74001)",
            })
    void doesNotPin(String sql) {
        first.run(sql);

        assertFree();
    }

    @Test
    void aLockOutlivesTheRollbackOfItsTransaction() {
        first.run("BEGIN; SELECT pg_advisory_lock(7001)").run("ROLLBACK");

        assertPinned();
        assertThat(second.value("SELECT pg_try_advisory_xact_lock(7001)")).isEqualTo("f");
    }

    @Test
    void aStatementThatFailsDoesNotPin() {
        assertThat(first.error("CREATE TEMP TABLE pin AS SELECT 1/0").sqlState())
                .isEqualTo("22012");

        assertFree();
    }

    @Test
    void locksAreCounted() {
        first.run("SELECT pg_advisory_lock(7001)").run("SELECT pg_advisory_lock(7001)");
        first.run("SELECT pg_advisory_unlock(7001)");

        assertPinned();
        assertThat(second.value("SELECT pg_try_advisory_xact_lock(7001)")).isEqualTo("f");
        assertThat(first.value("SELECT pg_advisory_unlock(7001)")).isEqualTo("t");
        assertFree();
        assertThat(second.value("SELECT pg_try_advisory_xact_lock(7001)")).isEqualTo("t");
        second.run("SELECT pg_advisory_unlock(7001)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"close", "vanish", "vanish in a transaction"})
    void nothingIsLeftOfAClientThatHasGone(String how) {
        RawClient third = weir.connect(Accounts.APP);
        third.run("CREATE TEMP TABLE pin (a int)").run("SELECT pg_advisory_lock(7001)");
        String server = third.value("SELECT pg_backend_pid()");
        switch (how) {
            case "close" -> third.close();
            case "vanish" -> third.vanish();
            default -> third.run("BEGIN").vanish();
        }
        assertFree();

        first.run("BEGIN");
        second.run("BEGIN");
        for (RawClient client : List.of(first, second)) {
            assertThat(client.value("SELECT to_regclass('pin') IS NULL")).isEqualTo("t");
            assertThat(client.value("SELECT pg_try_advisory_xact_lock(7001)")).isIn("t", "f");
        }
        assertThat(List.of(first.value("SELECT pg_backend_pid()"), second.value("SELECT pg_backend_pid()")))
                .contains(server);
        first.run("COMMIT");
        second.run("COMMIT");
    }

    @Test
    void aLibraryClosesTheServerWhenTheClientLeaves() {
        RawClient loader = weir.connect(Accounts.SUPERUSER);
        try (RawClient observer = weir.connect(Accounts.SUPERUSER)) {
            loader.run("LOAD 'auto_explain'");
            String server = loader.value("SELECT pg_backend_pid()");
            assertThat(observer.value("SELECT pg_backend_pid()")).isNotEqualTo(server);
            assertThat(loader.value("SELECT pg_backend_pid()")).isEqualTo(server);
            loader.run("DISCARD ALL");
            assertThat(loader.value("SELECT pg_backend_pid()")).isEqualTo(server);
            loader.close();
            Awaitility.await().until(() -> !postgres.backends(Accounts.DATABASE).contains(Integer.valueOf(server)));
        }
    }

    @Test
    void operatorsSeeWhoKeepsAServer() {
        try (RawClient console = weir.console();
                LogLines log = LogLines.of("dev.weir.proxy.client.ClientPins")) {
            first.run("SET application_name = 'stock taking'").run("SELECT pg_advisory_lock(7001)");
            first.run("SELECT pg_advisory_lock(7002)").run("CREATE TEMP TABLE pin (a int)");
            String server = first.value("SELECT pg_backend_pid()");

            assertThat(Shown.rows(console, "SHOW PINS"))
                    .extracting(row -> row.get("reason"), row -> row.get("detail"))
                    .containsExactlyInAnyOrder(tuple("advisory lock", "2"), tuple("temporary table", "pin"));
            assertThat(Shown.rows(console, "SHOW PINS").getFirst())
                    .containsEntry("database", Accounts.DATABASE)
                    .containsEntry("user", "app")
                    .containsEntry("addr", "127.0.0.1")
                    .containsEntry("port", String.valueOf(first.localPort()))
                    .containsEntry("application_name", "stock taking")
                    .containsEntry("server_pid", server)
                    .containsKeys("client_id", "since", "seconds");
            assertThat(log.lines())
                    .hasSize(2)
                    .allSatisfy(line -> assertThat(line).contains("app/app@", " pinned to server pid=" + server));
            assertThat(log.lines().getFirst()).startsWith("INFO ").endsWith(": advisory lock (1)");

            first.run("DISCARD ALL");
            assertFree();
            assertThat(Shown.rows(console, "SHOW PINS")).isEmpty();
            assertThat(log.lines()).hasSize(3).last().asString().contains("no longer pinned to server pid=" + server);
        }
    }

    @Test
    void aClientThatHasGoneKeepsNothing() {
        try (RawClient console = weir.console()) {
            RawClient third = weir.connect(Accounts.APP);
            third.run("CREATE TEMP TABLE pin (a int)").run("SELECT 1");
            assertThat(Shown.rows(console, "SHOW PINS")).hasSize(1);
            third.vanish();
            assertFree();

            assertThat(Shown.rows(console, "SHOW PINS")).isEmpty();
        }
    }

    @Test
    void aPinnedClientGoesOnAsBefore() {
        first.run("CREATE TEMP TABLE pin (a int)");
        first.send(Frontend.parse("s", "INSERT INTO pin VALUES ($1)"), Frontend.sync());
        first.readUntilReady();
        for (String value : List.of("1", "2")) {
            first.send(Frontend.bind("", "s", value), Frontend.execute("", 0), Frontend.sync());
            first.readUntilReady();
        }
        first.run("SET work_mem = '3MB'").run("PREPARE sum AS SELECT sum(a) FROM pin");

        assertThat(first.value("EXECUTE sum")).isEqualTo("3");
        first.run("DROP TABLE pin");
        assertFree();
        assertThat(first.value("SHOW work_mem")).isEqualTo("3MB");
        assertThat(second.value("SHOW work_mem")).isEqualTo("4MB");
        assertThat(first.query("EXECUTE sum").stream().map(Message::type)).contains('E');
        assertThat(first.value("SELECT 1")).isEqualTo("1");
    }
}
