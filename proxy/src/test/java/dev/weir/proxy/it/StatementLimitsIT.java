package dev.weir.proxy.it;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.testkit.Accounts;
import dev.weir.proxy.testkit.Frontend;
import dev.weir.proxy.testkit.LeakGuard;
import dev.weir.proxy.testkit.Message;
import dev.weir.proxy.testkit.RawClient;
import dev.weir.proxy.testkit.Shown;
import dev.weir.proxy.testkit.TestPostgres;
import dev.weir.proxy.testkit.WeirFixture;
import java.io.ByteArrayOutputStream;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// What clients may have kept of prepared statements on their behalf is bounded, for one and for all of them; beyond
/// that
/// there is an error, and the session goes on.
@ExtendWith(LeakGuard.class)
class StatementLimitsIT {
    private static final int MEBIBYTE = 1 << 20;

    private static WeirFixture weir;
    private static RawClient neighbour;

    @BeforeAll
    static void start() {
        weir = WeirFixture.over(TestPostgres.shared())
                .set("default_pool_size", "1")
                .start();
        neighbour = weir.connect(Accounts.APP);
    }

    @AfterAll
    static void stop() {
        neighbour.close();
        weir.close();
    }

    @AfterEach
    void theNeighbourAndTheServerAreUnharmed() {
        neighbour
                .send(Frontend.parse("mine", "SELECT 'unharmed'"), Frontend.sync())
                .expect("1Z");
        neighbour.send(Frontend.bind("", "mine"), Frontend.execute("", 0), Frontend.closeStatement("mine"));
        neighbour.send(Frontend.sync());
        assertThat(neighbour.expect("2DC3Z").get(1).columns()).containsExactly("unharmed");
    }

    private static String longText(int length) {
        return "SELECT length('" + "x".repeat(length) + "')";
    }

    @Test
    void tooManyStatements() {
        try (RawClient client = weir.connect(Accounts.APP)) {
            int prepared = 0;
            List<Message> answers;
            do {
                ByteArrayOutputStream batch = new ByteArrayOutputStream();
                for (int i = 0; i < 1_000; i++) {
                    batch.writeBytes(Frontend.parse("s" + (prepared + i), "SELECT 1"));
                }
                answers = client.send(batch.toByteArray(), Frontend.sync()).readUntilReady();
                prepared += Math.toIntExact(answers.stream()
                        .filter(message -> message.type() == '1')
                        .count());
            } while (answers.size() == 1_001 && prepared < 100_000);

            assertIsRefused(answers.get(answers.size() - 2), "53200");
            assertThat(prepared).as("more than any driver keeps").isGreaterThanOrEqualTo(10_000);
            client.send(Frontend.query("PREPARE onemore AS SELECT 1"));
            assertIsRefused(client.expect("EZ").getFirst(), "53200");
            client.send(Frontend.query("SELECT 1; PREPARE onemore AS SELECT 1"));
            assertIsRefused(client.expect("EZ").getFirst(), "53200");
            client.run("DEALLOCATE ALL").run("PREPARE onemore AS SELECT 1");
        }
    }

    private static void assertIsRefused(Message error, String sqlState) {
        assertThat(error.severity()).isEqualTo("ERROR");
        assertThat(error.sqlState()).isEqualTo(sqlState);
    }

    @Test
    void aStatementThatIsTooLong() {
        try (RawClient client = weir.connect(Accounts.APP)) {
            client.send(Frontend.parse("long", longText(MEBIBYTE)), Frontend.sync())
                    .expect("1Z");

            client.send(Frontend.parse("longer", longText(17 * MEBIBYTE)), Frontend.sync());

            assertIsRefused(client.expect("EZ").getFirst(), "54000");
            client.run("BEGIN");
            client.send(Frontend.parse("longer", longText(17 * MEBIBYTE)), Frontend.sync());
            assertIsRefused(client.expect("EZ").getFirst(), "54000");
            client.run("ROLLBACK");
        }
    }

    @Test
    void anUnnamedStatementMayBeOfAnyLength() {
        try (RawClient client = weir.connect(Accounts.APP)) {
            client.send(Frontend.unnamed(longText(17 * MEBIBYTE)), Frontend.sync());

            client.expect("12TDCZ");
        }
    }

    @Test
    void statementsThatAreTooLongTogether() {
        try (RawClient client = weir.connect(Accounts.APP)) {
            int prepared = 0;
            Message answer;
            do {
                client.send(Frontend.parse("s" + prepared, longText(8 * MEBIBYTE + prepared)), Frontend.sync());
                answer = client.read();
                client.expect("Z");
                prepared += answer.type() == '1' ? 1 : 0;
            } while (answer.type() == '1' && prepared < 100);

            assertIsRefused(answer, "53200");
            assertThat(prepared).isPositive();
            assertThat(client.value("SELECT 'goes on'")).isEqualTo("goes on");
        }
    }

    @Test
    void statementsOfAllClientsTogether() {
        weir.reload(setup -> setup.set("prepared_statement_memory", Integer.toString(8 * MEBIBYTE)));
        try (RawClient first = weir.connect(Accounts.APP);
                RawClient second = weir.connect(Accounts.APP)) {
            first.send(Frontend.parse("a", longText(5 * MEBIBYTE)), Frontend.sync())
                    .expect("1Z");
            second.send(Frontend.parse("same", longText(5 * MEBIBYTE)), Frontend.sync())
                    .expect("1Z");

            second.send(Frontend.parse("b", longText(4 * MEBIBYTE)), Frontend.sync());
            Message refused = second.expect("EZ").getFirst();
            assertIsRefused(refused, "53200");
            assertThat(refused.fields().get('H')).contains("prepared_statement_memory");
            second.run("BEGIN");
            second.send(Frontend.query("PREPARE b AS " + longText(4 * MEBIBYTE)));
            assertThat(second.expect("EZ").getLast().transactionStatus()).isEqualTo('E');
            second.run("ROLLBACK");
            second.send(Frontend.query("SELECT 1; PREPARE b AS " + longText(4 * MEBIBYTE)));
            assertIsRefused(second.expect("EZ").getFirst(), "53200");
            assertThat(held()).isBetween(5L * MEBIBYTE, 6L * MEBIBYTE);

            first.send(Frontend.closeStatement("a"), Frontend.sync()).expect("3Z");
            second.send(Frontend.parse("b", longText(2 * MEBIBYTE)), Frontend.sync())
                    .expect("1Z");
            second.send(Frontend.closeStatement("same"), Frontend.sync()).expect("3Z");
            second.send(Frontend.parse("c", longText(4 * MEBIBYTE)), Frontend.sync())
                    .expect("1Z");
            assertThat(held()).as("the server has forgotten what nobody uses").isLessThan(9L * MEBIBYTE);
        } finally {
            weir.reload(setup -> setup.set("prepared_statement_memory", Integer.toString(256 * MEBIBYTE)));
        }
    }

    /// What SHOW MEM tells of statements.
    private static long held() {
        try (RawClient console = weir.console()) {
            return Shown.rows(console, "SHOW MEM").stream()
                    .filter(row -> "server_prepared_statement_cache".equals(row.get("name")))
                    .mapToLong(row -> Long.parseLong(row.get("memtotal")))
                    .findFirst()
                    .orElseThrow();
        }
    }

    @Test
    void whatIsClosedCountsNoMore() {
        try (RawClient client = weir.connect(Accounts.APP)) {
            for (int i = 0; i < 12; i++) {
                client.send(
                        Frontend.parse("again", longText(8 * MEBIBYTE + i)),
                        Frontend.closeStatement("again"),
                        Frontend.sync());
                client.expect("13Z");
            }
        }
    }

    @Test
    void aNameThatNeverEnds() {
        try (RawClient client = weir.connect(Accounts.APP)) {
            client.sendIfOpen(Frontend.lying('P', MEBIBYTE, "n".repeat(100_000).getBytes(US_ASCII)));

            assertThat(client.expectFatal().sqlState()).isEqualTo("54000");
        }
    }
}
