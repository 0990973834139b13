package dev.weir.proxy.it;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.testkit.Accounts;
import dev.weir.proxy.testkit.Frontend;
import dev.weir.proxy.testkit.LeakGuard;
import dev.weir.proxy.testkit.Message;
import dev.weir.proxy.testkit.RawClient;
import dev.weir.proxy.testkit.TestPostgres;
import dev.weir.proxy.testkit.WeirFixture;
import java.io.ByteArrayOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// What one client may have kept of prepared statements on its behalf is bounded; beyond that its session ends with
/// `54000`, and nobody else's.
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
            Message last;
            do {
                ByteArrayOutputStream batch = new ByteArrayOutputStream();
                for (int i = 0; i < 1_000; i++) {
                    batch.writeBytes(Frontend.parse("s" + (prepared + i), "SELECT 1"));
                }
                client.sendIfOpen(batch.toByteArray(), Frontend.sync());
                for (last = client.read(); last.type() == '1'; last = client.read()) {
                    prepared++;
                }
            } while (last.type() == 'Z' && prepared < 100_000);

            assertThat(last.severity()).isEqualTo("FATAL");
            assertThat(last.sqlState()).isEqualTo("54000");
            assertThat(prepared).as("more than any driver keeps").isGreaterThanOrEqualTo(10_000);
        }
    }

    @Test
    void aStatementThatIsTooLong() {
        try (RawClient client = weir.connect(Accounts.APP)) {
            client.send(Frontend.parse("long", longText(MEBIBYTE)), Frontend.sync())
                    .expect("1Z");

            client.sendIfOpen(Frontend.parse("longer", longText(17 * MEBIBYTE)), Frontend.sync());

            assertThat(client.expectFatal().sqlState()).isEqualTo("54000");
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
                client.sendIfOpen(Frontend.parse("s" + prepared, longText(8 * MEBIBYTE + prepared)), Frontend.sync());
                answer = client.read();
                if (answer.type() == '1') {
                    prepared++;
                    client.expect("Z");
                }
            } while (answer.type() == '1' && prepared < 100);

            assertThat(answer.sqlState()).isEqualTo("54000");
            assertThat(prepared).isPositive();
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
