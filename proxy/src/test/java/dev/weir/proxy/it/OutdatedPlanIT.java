package dev.weir.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.testkit.Accounts;
import dev.weir.proxy.testkit.Frontend;
import dev.weir.proxy.testkit.LeakGuard;
import dev.weir.proxy.testkit.Message;
import dev.weir.proxy.testkit.RawClient;
import dev.weir.proxy.testkit.TestPostgres;
import dev.weir.proxy.testkit.WeirFixture;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
        client.hangUp(); // it may be in the middle of something
        weir.close();
        migrator.run("DROP TABLE migrated").run("DROP SEQUENCE IF EXISTS counted");
        migrator.close();
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
                .expect("EZTDCZ2TDCZ");
        client.send(DESCRIBED).expect("2TDCZ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"EXECUTE sql", "EXECUTE sql; SELECT 1", "EXPLAIN EXECUTE sql", "EXECUTE \"all\""})
    void executeInSqlNoticesNothing(String sql) {
        client.run("PREPARE sql AS SELECT * FROM migrated");
        client.run(sql);
        for (int i = 0; i < 3; i++) {
            migrator.run("ALTER TABLE migrated ADD COLUMN o" + i + " int DEFAULT 3");

            client.run(sql);
            client.run(sql);
        }
        assertThat(client.rows("EXECUTE sql").getFirst()).hasSize(5);
    }

    @Test
    void executeInATransactionFails() {
        client.run("PREPARE sql AS SELECT * FROM migrated");
        client.run("EXECUTE sql");
        migrator.run("ALTER TABLE migrated ADD COLUMN o int DEFAULT 3");

        client.send(Frontend.query("BEGIN; EXECUTE sql"));
        List<Message> answer = client.expect("CEZ");
        assertThat(answer.get(1).sqlState()).isEqualTo("0A000");
        assertThat(answer.getLast().transactionStatus()).isEqualTo('E');
        client.run("ROLLBACK");
        client.run("EXECUTE sql");
    }

    @Test
    void argumentsThatAreComputedAreNotComputedTwice() {
        migrator.run("CREATE SEQUENCE counted");
        client.run("PREPARE sql(bigint) AS SELECT *, $1 FROM migrated");
        client.run("EXECUTE sql(1)");
        migrator.run("ALTER TABLE migrated ADD COLUMN o int DEFAULT 3");

        client.send(Frontend.query("EXECUTE sql(nextval('counted'))"));
        client.expect("EZ");
        assertThat(migrator.value("SELECT last_value FROM counted")).isEqualTo("1");
        migrator.run("DROP SEQUENCE counted");
    }

    @Test
    void aBatchMayComeInPieces() {
        for (int i = 0; i < 10; i++) {
            migrator.run("ALTER TABLE migrated ADD COLUMN o" + i + " int DEFAULT 3");

            client.send(Frontend.bind("", "all"));
            migrator.run("SELECT 1"); // PostgreSQL may have answered by now, or not
            client.send(Frontend.describePortal(""));
            migrator.run("SELECT pg_sleep(0.002)");
            client.send(Frontend.execute("", 0));
            client.send(Frontend.sync());
            assertThat(client.expect("2TDCZ").get(2).columns()).hasSize(3 + i);
        }
    }

    @Test
    void messagesMayComeInPieces() {
        client.send(Frontend.parse("long", "SELECT n, m, $1 || '' FROM migrated"), Frontend.sync())
                .expect("1Z");
        String value = "v".repeat(20_000);
        byte[] batch = Frontend.concat(
                Frontend.bind("", "long", value),
                Frontend.describePortal(""),
                Frontend.execute("", 0),
                Frontend.sync());
        client.send(batch).expect("2TDCZ");
        migrator.run("ALTER TABLE migrated ALTER COLUMN n TYPE bigint");

        client.send(Arrays.copyOf(batch, 9_000));
        migrator.run("SELECT pg_sleep(0.005)");
        client.send(Arrays.copyOfRange(batch, 9_000, batch.length));
        assertThat(client.expect("2TDCZ").get(2).columns()).containsExactly("1", "2", value);
    }

    @Test
    void whoAsksForTheAnswersByFlushGetsThem() {
        migrator.run("ALTER TABLE migrated ADD COLUMN o int DEFAULT 3");

        client.send(Frontend.bind("", "all"), Frontend.flush()).expect("E");
        client.send(Frontend.execute("", 0), Frontend.sync()).expect("Z");
        client.send(DESCRIBED).expect("2TDCZ");
    }

    @Test
    void aPipelineOfWhatIsOutdatedIsRepeatedInOrder() {
        client.send(Frontend.parse("counts", "SELECT count(*) FROM migrated"), Frontend.sync())
                .expect("1Z");
        client.send(Frontend.parse("more", "INSERT INTO migrated VALUES (7) RETURNING *"), Frontend.sync())
                .expect("1Z");
        client.send(Frontend.parse("fewer", "DELETE FROM migrated WHERE n = 7 RETURNING *"), Frontend.sync())
                .expect("1Z");
        byte[] more = Frontend.concat(Frontend.bind("", "more"), Frontend.execute("", 0), Frontend.sync());
        byte[] fewer = Frontend.concat(Frontend.bind("", "fewer"), Frontend.execute("", 0), Frontend.sync());
        client.send(more, DESCRIBED, fewer).expect("2DCZ2TDDCZ2DCZ");
        migrator.run("ALTER TABLE migrated ADD COLUMN o int DEFAULT 3");

        client.send(Frontend.concat(more, DESCRIBED, fewer, DESCRIBED, Frontend.sync()));
        client.expect("2DCZ2TDDCZ2DCZ2TDCZZ");
    }

    @Test
    void whatIsBehindIsNotExecutedInFront() {
        client.send(Frontend.parse("more", "INSERT INTO migrated VALUES (7)"), Frontend.sync())
                .expect("1Z");
        migrator.run("ALTER TABLE migrated ADD COLUMN o int DEFAULT 3");

        byte[] more = Frontend.concat(Frontend.bind("", "more"), Frontend.execute("", 0), Frontend.sync());
        client.send(Frontend.concat(DESCRIBED, DESCRIBED, more, DESCRIBED)).expect("EZEZ2CZ2TDDCZ");
    }

    @Test
    void whatHasAnEffectBehindItIsExecutedOnce() {
        migrator.run("CREATE SEQUENCE counted");
        client.send(Frontend.parse("count", "SELECT nextval('counted')"), Frontend.sync())
                .expect("1Z");
        migrator.run("ALTER TABLE migrated ADD COLUMN o int DEFAULT 3");

        client.send(Frontend.concat(
                        Frontend.bind("", "all"),
                        Frontend.describePortal(""),
                        Frontend.execute("", 0),
                        Frontend.bind("", "count"),
                        Frontend.execute("", 0),
                        Frontend.sync()))
                .expect("2TDC2DCZ");
        assertThat(migrator.value("SELECT last_value FROM counted")).isEqualTo("1");
        migrator.run("DROP SEQUENCE counted");
    }

    @Test
    void aBatchThatIsNotFinishedKeepsNobodyWaiting() {
        client.send(Frontend.parse("fresh", "SELECT 'fresh'"), Frontend.sync()).expect("1Z");
        migrator.run("ALTER TABLE migrated ADD COLUMN o int DEFAULT 3");
        client.send(Frontend.concat(DESCRIBED, Frontend.bind("", "fresh"), Frontend.execute("", 0)));
        client.expect("EZ2DC");
        client.send(Frontend.sync()).expect("Z");
        client.send(DESCRIBED).expect("2TDCZ");

        migrator.run("ALTER TABLE migrated ADD COLUMN p int DEFAULT 3");
        client.send(Frontend.concat(DESCRIBED, Frontend.bind("", "all"), Frontend.execute("", 0)));
        client.expect("EZE");
        client.send(Frontend.sync()).expect("Z");
        client.send(DESCRIBED).expect("2TDCZ");
    }

    @Test
    void whoDescribesFirstNoticesNothing() {
        for (int i = 0; i < 3; i++) {
            migrator.run("ALTER TABLE migrated ADD COLUMN o" + i + " int DEFAULT 3");

            client.send(Frontend.concat(Frontend.describeStatement("all"), DESCRIBED));
            assertThat(client.expect("tT2TDCZ").get(4).columns()).hasSize(3 + i);
        }
    }

    @Test
    void copyBehindItIsNotRepeated() {
        client.send(Frontend.parse("copy", "COPY migrated (n) FROM STDIN"), Frontend.sync())
                .expect("1Z");
        migrator.run("ALTER TABLE migrated ADD COLUMN o int DEFAULT 3");

        client.send(Frontend.concat(
                        Frontend.bind("", "all"),
                        Frontend.describePortal(""),
                        Frontend.execute("", 0),
                        Frontend.bind("", "copy"),
                        Frontend.execute("", 0),
                        Frontend.copyData("5\n"),
                        Frontend.copyDone(),
                        Frontend.sync()))
                .expect("EZ");
        assertThat(migrator.value("SELECT count(*) FROM migrated")).isEqualTo("1");
        client.send(DESCRIBED).expect("2TDCZ");
    }

    @Test
    void whoListensNoticesNothing() {
        client.run("LISTEN migrations");
        migrator.run("ALTER TABLE migrated ADD COLUMN o int DEFAULT 3");

        client.send(DESCRIBED).expect("2TDCZ");
        client.run("NOTIFY migrations");
        assertThat(client.value("SELECT 'goes on'")).isEqualTo("goes on");
    }
}
