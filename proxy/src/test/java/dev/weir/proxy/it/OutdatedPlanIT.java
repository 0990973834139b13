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

/// Tables that are changed past the pooler, by a migration with a URL of its own: PostgreSQL refuses statements that
/// were
/// prepared before, and nobody who is told of new columns anyway has to hear of that.
@ExtendWith(LeakGuard.class)
class OutdatedPlanIT {
    private static final byte[] DESCRIBED = Frontend.concat(
            Frontend.bind("", "all"), Frontend.describePortal(""), Frontend.execute("", 0), Frontend.sync());
    private static final byte[] UNDESCRIBED =
            Frontend.concat(Frontend.bind("", "all"), Frontend.execute("", 0), Frontend.sync());

    @SuppressWarnings("NullAway.Init")
    private WeirFixture weir;

    @SuppressWarnings("NullAway.Init")
    private RawClient client;

    @SuppressWarnings("NullAway.Init")
    private RawClient migrator;

    @BeforeEach
    void start() {
        weir = WeirFixture.over(TestPostgres.shared())
                .set("default_pool_size", "1")
                .start();
        migrator = RawClient.connect(TestPostgres.shared().tcp(), Accounts.APP);
        migrator.run("CREATE TABLE migrated (n int, m int)").run("INSERT INTO migrated VALUES (1, 2)");
        client = weir.connect(Accounts.APP);
        client.send(Frontend.parse("all", "SELECT * FROM migrated"), Frontend.sync())
                .expect("1Z");
        client.send(DESCRIBED).expect("2TDCZ");
    }

    @AfterEach
    void stop() {
        migrator.run("DROP TABLE migrated");
        client.close();
        migrator.close();
        weir.close();
    }

    @Test
    void whoIsToldOfTheColumnsNoticesNothing() {
        for (int i = 0; i < 3; i++) {
            migrator.run("ALTER TABLE migrated ADD COLUMN o" + i + " int DEFAULT 3");

            assertThat(client.send(DESCRIBED).expect("2TDCZ").get(2).columns()).hasSize(3 + i);
            assertThat(client.send(DESCRIBED).expect("2TDCZ").get(2).columns()).hasSize(3 + i);
        }
        assertThat(client.value("SELECT 'goes on'")).isEqualTo("goes on");
    }

    @Test
    void whoReliesOnTheColumnsGetsTheErrorThatDriversKnow() {
        migrator.run("ALTER TABLE migrated ALTER COLUMN n TYPE bigint");

        Message error = client.send(UNDESCRIBED).expect("EZ").getFirst();
        assertThat(error.sqlState()).isEqualTo("0A000");
        assertThat(error.fields()).containsEntry('R', "RevalidateCachedQuery");
        client.send(
                        Frontend.closeStatement("all"),
                        Frontend.parse("all", "SELECT * FROM migrated"),
                        Frontend.describeStatement("all"),
                        Frontend.sync())
                .expect("31tTZ");
        client.send(UNDESCRIBED).expect("2DCZ");
    }

    @Test
    void whoPreparesTheSameAfterwardsIsNotRefusedForThoseBefore() {
        migrator.run("ALTER TABLE migrated ADD COLUMN o int DEFAULT 3");

        try (RawClient later = weir.connect(Accounts.APP)) {
            byte[] first = Frontend.concat(
                    Frontend.parse("mine", "SELECT * FROM migrated"),
                    Frontend.bind("", "mine"),
                    Frontend.execute("", 0),
                    Frontend.sync());
            assertThat(later.send(first).expect("12DCZ").get(2).columns()).containsExactly("1", "2", "3");
        }
    }

    @Test
    void aDescriptionIsTheNewOne() {
        migrator.run("ALTER TABLE migrated DROP COLUMN m");

        client.send(Frontend.describeStatement("all"), Frontend.sync()).expect("tTZ");
        assertThat(client.send(UNDESCRIBED).expect("2DCZ").get(1).columns()).containsExactly("1");
    }

    @Test
    void whatWasDescribedBeforeIsNotDescribedTwice() {
        migrator.run("CREATE SEQUENCE counted");
        client.send(Frontend.parse("count", "SELECT nextval('counted')"), Frontend.sync())
                .expect("1Z");
        migrator.run("ALTER TABLE migrated ADD COLUMN o int DEFAULT 3");

        client.send(Frontend.concat(Frontend.describeStatement("count"), DESCRIBED))
                .expect("tTEZ");
        client.send(DESCRIBED).expect("2TDCZ");
        migrator.run("DROP SEQUENCE counted");
    }

    @Test
    void aBatchOfSeveralIsWholeAgain() {
        migrator.run("ALTER TABLE migrated ADD COLUMN o int DEFAULT 3");

        byte[] batch = Frontend.concat(
                Frontend.bind("", "all"),
                Frontend.describePortal(""),
                Frontend.execute("", 0),
                Frontend.bind("", "all"),
                Frontend.execute("", 0),
                Frontend.sync());
        client.send(batch).expect("2TDC2DCZ");
    }

    @Test
    void aStatementCanBeClosedInTheSameBatch() {
        migrator.run("ALTER TABLE migrated ADD COLUMN o int DEFAULT 3");

        byte[] batch = Frontend.concat(
                Frontend.bind("", "all"),
                Frontend.describePortal(""),
                Frontend.execute("", 0),
                Frontend.closeStatement("all"),
                Frontend.sync());
        client.send(batch).expect("2TDC3Z");
        assertThat(client.send(UNDESCRIBED).expect("EZ").getFirst().sqlState()).isEqualTo("26000");
    }

    @Test
    void aTransactionFailsByIt() {
        client.run("BEGIN");
        client.send(DESCRIBED).expect("2TDCZ"); // on a server that knows the statement as it was
        client.run("ROLLBACK");
        migrator.run("ALTER TABLE migrated ADD COLUMN o int DEFAULT 3");

        client.run("BEGIN");
        List<Message> answer = client.send(DESCRIBED).expect("EZ");
        assertThat(answer.getFirst().sqlState()).isEqualTo("0A000");
        assertThat(answer.getLast().transactionStatus()).isEqualTo('E');
        client.run("ROLLBACK");
    }

    @Test
    void whatWasDoneInTheBatchBeforeIsNotDoneTwice() {
        migrator.run("CREATE SEQUENCE counted");
        client.send(Frontend.parse("count", "SELECT nextval('counted')"), Frontend.sync())
                .expect("1Z");
        migrator.run("ALTER TABLE migrated ADD COLUMN o int DEFAULT 3");

        byte[] batch = Frontend.concat(Frontend.bind("", "count"), Frontend.execute("", 0), DESCRIBED);
        client.send(batch).expect("2DCEZ");
        assertThat(migrator.value("SELECT last_value FROM counted")).isEqualTo("1");
        migrator.run("DROP SEQUENCE counted");
    }

    @Test
    void whatIsBehindComesBehind() {
        for (int i = 0; i < 20; i++) {
            migrator.run("ALTER TABLE migrated ADD COLUMN o" + i + " int DEFAULT 3");

            client.send(DESCRIBED);
            client.send(Frontend.query("SELECT 'behind'"));
            boolean repeated = client.read().type() == '2';
            client.expect(repeated ? "TDCZTDCZ" : "ZTDCZ");
        }
    }

    @Test
    void aPipelineBehindItIsAnsweredInOrder() {
        migrator.run("ALTER TABLE migrated ADD COLUMN o int DEFAULT 3");

        client.send(Frontend.concat(DESCRIBED, Frontend.query("SELECT 'behind'"), DESCRIBED))
                .expect("EZTDCZEZ");
        client.send(DESCRIBED).expect("2TDCZ");
    }
}
