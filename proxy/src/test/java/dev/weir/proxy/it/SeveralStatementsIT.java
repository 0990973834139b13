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

/// `PREPARE`, `EXECUTE` and `DEALLOCATE` in queries of several statements, on servers that may never have heard of the
/// names in them.
@ExtendWith(LeakGuard.class)
final class SeveralStatementsIT {

    @SuppressWarnings("NullAway.Init")
    private WeirFixture weir;

    @SuppressWarnings("NullAway.Init")
    private RawClient client;

    @SuppressWarnings("NullAway.Init")
    private RawClient holder;

    @BeforeEach
    void start() {
        weir = WeirFixture.over(TestPostgres.shared())
                .set("default_pool_size", "2")
                .set("workers", "1")
                .start();
        holder = weir.connect(Accounts.APP.with("application_name", "holder"));
        client = weir.connect(Accounts.APP);
    }

    @AfterEach
    void stop() {
        holder.hangUp();
        client.hangUp();
        weir.close();
    }

    /// Another server is the client's next: the holder keeps the one that was used last.
    private void change() {
        holder.run("ROLLBACK").run("BEGIN");
    }

    private List<List<String>> rows(String sql) {
        client.send(Frontend.query(sql));
        List<Message> answer = client.readUntilReady();
        assertThat(answer).noneMatch(message -> message.type() == 'E');
        return answer.stream()
                .filter(message -> message.type() == 'D')
                .map(message -> message.columns().stream().map(String::valueOf).toList())
                .toList();
    }

    private Message error(String sql) {
        client.send(Frontend.query(sql));
        return client.readUntilReady().stream()
                .filter(message -> message.type() == 'E')
                .findFirst()
                .orElseThrow();
    }

    private void prepareTwo() {
        client.run("PREPARE one AS SELECT 'first'").run("PREPARE two(int) AS SELECT $1 + 1");
        change();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "EXECUTE one; EXECUTE two(6)",
                "BEGIN; EXECUTE one; EXECUTE two(6); COMMIT",
                "BEGIN;EXECUTE one;EXECUTE /* käse */ \"two\" ( 6 );ROLLBACK",
                "EXECUTE one; EXECUTE two(6);",
                ";;EXECUTE one;; EXECUTE two(6); -- end",
            })
    void executesWhatWasPreparedElsewhere(String sql) {
        prepareTwo();

        assertThat(rows(sql)).containsExactly(List.of("first"), List.of("7"));
        change();
        assertThat(rows(sql)).containsExactly(List.of("first"), List.of("7"));
    }

    @Test
    void whatWasPreparedByTheProtocolIsExecutedToo() {
        client.send(Frontend.parse("three", "SELECT 3"), Frontend.sync()).expect("1Z");
        change();

        assertThat(rows("SELECT 2; EXECUTE three; EXECUTE three"))
                .containsExactly(List.of("2"), List.of("3"), List.of("3"));
    }

    @Test
    void aStatementPreparedAmongOthersFollowsItsClient() {
        assertThat(rows("PREPARE four AS SELECT 4; EXECUTE four")).containsExactly(List.of("4"));
        change();
        assertThat(rows("EXECUTE four")).containsExactly(List.of("4"));
        change();
        assertThat(rows("BEGIN; EXECUTE four; COMMIT")).containsExactly(List.of("4"));
        client.send(Frontend.bind("", "four"), Frontend.execute("", 0), Frontend.sync())
                .expect("2DCZ");
        try (RawClient console = weir.console()) {
            assertThat(console.rows("SHOW PINS")).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CREATE FUNCTION pg_temp.atomic() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END;",
                "CREATE TEMP VIEW ruled AS SELECT 1; CREATE RULE r AS ON INSERT TO ruled DO INSTEAD (SELECT 1; SELECT"
                        + " 2);",
            })
    void semicolonsWithinAStatementEndNone(String definition) {
        client.run(definition + " PREPARE behind AS SELECT 'behind'").run("DISCARD TEMP");
        change();

        assertThat(rows("EXECUTE behind")).containsExactly(List.of("behind"));
    }

    /// A statement of the protocol that executes another keeps it alive, whatever has become of the name.
    @Test
    void whatSomebodyElseStillExecutesIsNotTakenForOnesOwn() {
        holder.run("BEGIN");
        client.run("PREPARE p AS SELECT 'of one text'");
        client.send(Frontend.parse("executing", "EXECUTE p"), Frontend.sync()).expect("1Z");
        client.run("DEALLOCATE p");
        try (RawClient other = weir.connect(Accounts.APP);
                RawClient console = weir.console()) {
            console.run("RECONNECT");
            other.run("PREPARE p AS SELECT 'of one text'");
            console.run("RECONNECT");
            client.send(Frontend.bind("", "executing"), Frontend.execute("", 0), Frontend.sync());
            client.readUntilReady();

            assertThat(other.value("EXECUTE p")).isEqualTo("of one text");
        }
    }

    @Test
    void twoNamesOfOneTextAreTwoStatements() {
        client.run("PREPARE one AS SELECT 'same'").run("PREPARE two AS SELECT 'same'");
        change();

        assertThat(rows("DEALLOCATE one; EXECUTE two")).containsExactly(List.of("same"));
        assertThat(rows("EXECUTE two")).containsExactly(List.of("same"));
        assertThat(error("EXECUTE one").sqlState()).isEqualTo("26000");
    }

    @Test
    void aNameMayBeGivenAwayAnewInTheSameText() {
        client.run("PREPARE one AS SELECT 'old'");
        change();

        assertThat(rows("EXECUTE one; DEALLOCATE one; PREPARE one AS SELECT 'new'; EXECUTE one;DEALLOCATE one;"
                        + " PREPARE one AS SELECT 'old'; EXECUTE one; PREPARE two AS SELECT 'old'; EXECUTE"
                        + " two"))
                .containsExactly(List.of("old"), List.of("new"), List.of("old"), List.of("old"));
        change();
        assertThat(rows("EXECUTE one; EXECUTE two")).containsExactly(List.of("old"), List.of("old"));
    }

    @Test
    void whatHasBeenPreparedBeforeAnErrorStays() {
        assertThat(error("PREPARE kept AS SELECT 'kept'; SELECT 1/0; PREPARE lost AS SELECT 'lost'")
                        .sqlState())
                .isEqualTo("22012");
        change();

        assertThat(rows("EXECUTE kept; SELECT 1")).containsExactly(List.of("kept"), List.of("1"));
        assertThat(error("SELECT 1; EXECUTE lost").sqlState()).isEqualTo("26000");
        assertThat(rows("PREPARE lost AS SELECT 'found'; EXECUTE lost")).containsExactly(List.of("found"));
    }

    @Test
    void whatHasBeenDeallocatedBeforeAnErrorIsGone() {
        prepareTwo();

        assertThat(error("DEALLOCATE one; SELECT 1/0; DEALLOCATE two").sqlState())
                .isEqualTo("22012");
        assertThat(error("EXECUTE one").fields()).containsEntry('M', "prepared statement \"one\" does not exist");
        assertThat(rows("EXECUTE two(1)")).containsExactly(List.of("2"));
    }

    @Test
    void deallocateAllAmongOthers() {
        prepareTwo();

        assertThat(rows("EXECUTE one; DEALLOCATE ALL; PREPARE one AS SELECT 'again'; EXECUTE one"))
                .containsExactly(List.of("first"), List.of("again"));
        change();
        assertThat(rows("EXECUTE one")).containsExactly(List.of("again"));
        assertThat(error("SELECT 1; EXECUTE two(1)").sqlState()).isEqualTo("26000");
    }

    @Test
    void aNameInUseIsCalledByItsName() {
        prepareTwo();

        Message error = error("SELECT 1; PREPARE one AS SELECT 5");
        assertThat(error.sqlState()).isEqualTo("42P05");
        assertThat(error.fields()).containsEntry('M', "prepared statement \"one\" already exists");
        assertThat(rows("EXECUTE one; SELECT 2")).containsExactly(List.of("first"), List.of("2"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "EXECUTE one; EXECUTE two(no_such_column)",
                "EXECUTE two(no_such_column)",
                "/* käse */ EXECUTE one; PREPARE three AS SELECT no_such_column",
                "PREPARE three AS SELECT no_such_column",
                "EXECUTE one; SELECT no_such_column; EXECUTE one",
            })
    void errorsLieWhereTheClientHasThem(String sql) {
        prepareTwo();
        try (RawClient direct = RawClient.connect(TestPostgres.shared().tcp(), Accounts.APP)) {
            direct.run("PREPARE one AS SELECT 'first'").run("PREPARE two(int) AS SELECT $1 + 1");
            direct.send(Frontend.query(sql));
            Message expected = direct.readUntilReady().stream()
                    .filter(message -> message.type() == 'E')
                    .findFirst()
                    .orElseThrow();

            assertThat(error(sql).fields()).isEqualTo(expected.fields());
        }
    }

    @Test
    void aTransactionThatHasFailedIsRolledBackInTheSameText() {
        client.run("PREPARE one AS SELECT 'first'");
        client.run("BEGIN");
        error("SELECT 1/0");

        assertThat(error("EXECUTE one; SELECT 1").sqlState()).isEqualTo("25P02");
        assertThat(rows("ROLLBACK; EXECUTE one")).containsExactly(List.of("first"));
    }

    @Test
    void aPipelineBehindItKnowsTheOutcome() {
        client.send(
                Frontend.query("PREPARE five AS SELECT 5; SELECT 1"),
                Frontend.bind("", "five"),
                Frontend.execute("", 0),
                Frontend.sync(),
                Frontend.query("DEALLOCATE five; SELECT 2"),
                Frontend.bind("", "five"),
                Frontend.sync(),
                Frontend.query("PREPARE five AS SELECT 6; EXECUTE five"));
        List<Message> answers = client.expect("CTDCZ2DCZCTDCZEZCTDCZ");
        assertThat(answers.get(14).fields()).containsEntry('M', "prepared statement \"five\" does not exist");
        assertThat(answers.get(18).columns()).containsExactly("6");
    }

    @Test
    void listenAmongThem() {
        prepareTwo();

        assertThat(rows("LISTEN several; EXECUTE one")).containsExactly(List.of("first"));
        client.send(Frontend.query("NOTIFY several, 'heard'; EXECUTE one"));
        client.expect("CTDCAZ");
    }

    @Test
    void moreThanAServerKeeps() {
        weir.reload(setup -> setup.set("max_prepared_statements", "1"));
        client.run("PREPARE a AS SELECT 1").run("PREPARE b AS SELECT 2").run("PREPARE c AS SELECT 3");

        assertThat(rows("EXECUTE a; EXECUTE b; EXECUTE c; EXECUTE a"))
                .containsExactly(List.of("1"), List.of("2"), List.of("3"), List.of("1"));
        assertThat(rows("EXECUTE c; EXECUTE a")).containsExactly(List.of("3"), List.of("1"));
    }

    @Test
    void whatCannotBePreparedAnewIsToldOnce() {
        holder.run("ROLLBACK").run("CREATE TABLE IF NOT EXISTS vanishing (n int)");
        client.run("PREPARE v AS SELECT * FROM vanishing");
        holder.run("DROP TABLE vanishing");

        assertThat(error("EXECUTE v; SELECT 1").sqlState()).isEqualTo("42P01");
        assertThat(rows("SELECT 'goes on'")).containsExactly(List.of("goes on"));
    }
}
