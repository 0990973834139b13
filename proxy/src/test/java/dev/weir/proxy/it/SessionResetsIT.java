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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The cleaning between two users of a driver's own pool needs no server, and says what PostgreSQL says.
@ExtendWith(LeakGuard.class)
class SessionResetsIT {
    private static final String ASYNCPG = "SELECT pg_advisory_unlock_all();\nCLOSE ALL;\nUNLISTEN *;\nRESET ALL;";
    private static final String NPGSQL = "SET SESSION AUTHORIZATION DEFAULT;RESET ALL;CLOSE ALL;UNLISTEN *;"
            + "SELECT pg_advisory_unlock_all();DISCARD SEQUENCES;DISCARD TEMP";

    @SuppressWarnings("NullAway.Init")
    private WeirFixture weir;

    @SuppressWarnings("NullAway.Init")
    private RawClient client;

    @SuppressWarnings("NullAway.Init")
    private RawClient busy;

    @BeforeEach
    void start() {
        weir = WeirFixture.over(TestPostgres.shared())
                .set("default_pool_size", "1")
                .start();
        client = weir.connect(Accounts.APP);
        busy = weir.connect(Accounts.APP);
    }

    @AfterEach
    void stop() {
        busy.close();
        client.close();
        weir.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {ASYNCPG, NPGSQL, "reset  all", "CLOSE ALL; DEALLOCATE ALL; DISCARD PLANS"})
    void saysWhatPostgresSays(String reset) {
        try (RawClient direct = RawClient.connect(TestPostgres.shared().tcp(), Accounts.APP)) {
            List<Message> wanted = direct.query(reset);
            busy.run("BEGIN");

            List<Message> given = client.query(reset);

            assertThat(given).hasToString(wanted.toString());
            busy.run("COMMIT");
        }
    }

    @Test
    void settingsAreThoseOfTheBeginning() {
        client.run("SET work_mem = '7MB'").run("SET search_path = nowhere");
        busy.run("BEGIN");
        client.query(ASYNCPG);
        busy.run("COMMIT");

        assertThat(client.value("SHOW work_mem")).isEqualTo(busy.value("SHOW work_mem"));
        assertThat(client.value("SHOW search_path")).isEqualTo(busy.value("SHOW search_path"));
    }

    @Test
    void aRoleOutlivesTheResetOfSettings() {
        try (RawClient superuser = weir.connect(Accounts.SUPERUSER)) {
            superuser.run("SET ROLE other");
            superuser.query(ASYNCPG);
            assertThat(superuser.value("SELECT current_user")).isEqualTo("other");

            superuser.query(NPGSQL);
            assertThat(superuser.value("SELECT current_user")).isEqualTo("postgres");
        }
    }

    @Test
    void locksAndStatementsAreGivenBackWhereTheyAre() {
        client.run("SELECT pg_advisory_lock(7771)");
        client.send(Frontend.parse("kept", "SELECT 1"), Frontend.sync()).expect("1Z");
        client.query(ASYNCPG);

        assertThat(busy.value("SELECT pg_try_advisory_lock(7771)")).isEqualTo("t");
        busy.run("SELECT pg_advisory_unlock(7771)");
        client.send(Frontend.bind("", "kept"), Frontend.execute("", 0), Frontend.sync())
                .expect("2DCZ");
    }

    @Test
    void inATransactionItIsPostgresAffair() {
        client.run("BEGIN");
        client.run("SET LOCAL work_mem = '7MB'");
        client.query(ASYNCPG);
        assertThat(client.transactionStatus()).isEqualTo('T');
        client.run("ROLLBACK");
    }
}
