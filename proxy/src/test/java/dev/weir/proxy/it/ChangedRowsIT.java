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

/// A client that remembers what rows its statement gives never gets others without having been told.
@ExtendWith(LeakGuard.class)
class ChangedRowsIT {
    private static final byte[][] EXECUTION = {Frontend.bind("", "all"), Frontend.execute("", 0), Frontend.sync()};

    @SuppressWarnings("NullAway.Init")
    private WeirFixture weir;

    @SuppressWarnings("NullAway.Init")
    private RawClient client;

    @SuppressWarnings("NullAway.Init")
    private RawClient migrator;

    @BeforeEach
    void start() {
        weir = WeirFixture.over(TestPostgres.shared())
                .set("default_pool_size", "2")
                .start();
        client = weir.connect(Accounts.APP);
        migrator = weir.connect(Accounts.APP);
        migrator.run("CREATE TABLE remembered (n int, m int)").run("INSERT INTO remembered VALUES (1, 2)");
        client.send(
                        Frontend.parse("all", "SELECT * FROM remembered"),
                        Frontend.describeStatement("all"),
                        Frontend.sync())
                .expect("1tTZ");
        client.send(EXECUTION).expect("2DCZ");
    }

    @AfterEach
    void stop() {
        migrator.run("DROP TABLE remembered");
        client.close();
        migrator.close();
        weir.close();
    }

    @Test
    void otherColumnsAreTheErrorThatDriversKnow() {
        migrator.run("ALTER TABLE remembered ADD COLUMN o int DEFAULT 3");

        for (int i = 0; i < 2; i++) {
            Message error = client.send(EXECUTION).expect("EZ").getFirst();
            assertThat(error.sqlState()).isEqualTo("0A000");
            assertThat(error.text()).isEqualTo("cached plan must not change result type");
            assertThat(error.fields())
                    .containsEntry('R', "RevalidateCachedQuery")
                    .doesNotContainKey('n');
        }
        client.send(
                        Frontend.closeStatement("all"),
                        Frontend.parse("all", "SELECT * FROM remembered"),
                        Frontend.describeStatement("all"),
                        Frontend.sync())
                .expect("31tTZ");
        assertThat(client.send(EXECUTION).expect("2DCZ").get(1).columns()).containsExactly("1", "2", "3");
    }

    @Test
    void aTransactionFailsByIt() {
        migrator.run("ALTER TABLE remembered ALTER COLUMN n TYPE bigint");

        client.run("BEGIN");
        List<Message> answer = client.send(EXECUTION).expect("EZ");
        assertThat(answer.getFirst().sqlState()).isEqualTo("0A000");
        assertThat(answer.getLast().transactionStatus()).isEqualTo('E');
        client.run("ROLLBACK");
    }

    @Test
    void whatChangesNoColumnIsNotNoticed() {
        migrator.run("CREATE INDEX ON remembered (n)").run("ALTER TABLE remembered ALTER COLUMN m SET DEFAULT 7");

        for (int i = 0; i < 4; i++) {
            assertThat(client.send(EXECUTION).expect("2DCZ").get(1).columns()).containsExactly("1", "2");
        }
        client.run("BEGIN");
        client.send(EXECUTION).expect("2DCZ");
        client.run("COMMIT");
    }

    @Test
    void aClientThatAsksEachTimeGetsTheNewColumns() {
        migrator.run("ALTER TABLE remembered ADD COLUMN o int DEFAULT 3");

        byte[] described = Frontend.concat(
                Frontend.bind("", "all"), Frontend.describePortal(""), Frontend.execute("", 0), Frontend.sync());
        assertThat(client.send(described).expect("2TDCZ").get(2).columns()).containsExactly("1", "2", "3");
        client.send(EXECUTION).expect("2DCZ");
    }

    @Test
    void whatAPortalToldIsRememberedToo() {
        client.send(
                        Frontend.parse("other", "SELECT n FROM remembered"),
                        Frontend.bind("", "other"),
                        Frontend.describePortal(""),
                        Frontend.execute("", 0),
                        Frontend.sync())
                .expect("12TDCZ");

        migrator.run("ALTER TABLE remembered ALTER COLUMN n TYPE text");

        assertThat(client.send(Frontend.bind("", "other"), Frontend.execute("", 0), Frontend.sync())
                        .expect("EZ")
                        .getFirst()
                        .sqlState())
                .isEqualTo("0A000");
    }

    @Test
    void aStatementThatHasLostItsTableFailsOnce() {
        migrator.run("ALTER TABLE remembered RENAME TO elsewhere");

        for (int i = 0; i < 2; i++) {
            List<Message> answer = client.send(EXECUTION).expect("EZ");
            assertThat(answer.getFirst().sqlState()).isEqualTo("42P01");
            assertThat(answer.getLast().transactionStatus()).isEqualTo('I');
        }
        client.run("BEGIN");
        assertThat(client.send(EXECUTION).expect("EZ").getLast().transactionStatus())
                .isEqualTo('E');
        client.run("ROLLBACK");

        migrator.run("ALTER TABLE elsewhere RENAME TO remembered");
        client.send(EXECUTION).expect("2DCZ");
    }

    @Test
    void aPipelineGoesOnBehindTheError() {
        migrator.run("ALTER TABLE remembered ADD COLUMN o int DEFAULT 3");

        byte[] pipeline = Frontend.concat(
                Frontend.concat(EXECUTION), Frontend.query("SELECT 'behind'"), Frontend.concat(EXECUTION));
        client.send(pipeline).expect("EZTDCZEZ");
    }
}
