package dev.weir.proxy.client;

import static dev.weir.proxy.client.ServedClient.BOUND;
import static dev.weir.proxy.client.ServedClient.FAILED;
import static dev.weir.proxy.client.ServedClient.IDLE;
import static dev.weir.proxy.client.ServedClient.IN_TRANSACTION;
import static dev.weir.proxy.client.ServedClient.PARSED;
import static dev.weir.proxy.client.ServedClient.complete;
import static dev.weir.proxy.client.ServedClient.error;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.testkit.Frontend;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Prepared statements of clients under names of the pooler's own, message by message. */
final class StatementRewriterTest {

    private static final byte[] PARSE = Frontend.parse("mine", "SELECT $1", 25);
    private static final byte[] USE = Frontend.concat(Frontend.bind("", "mine", "x"), Frontend.execute("", 0));

    /** A client whose server has prepared {@code mine} as {@code weir_N}. */
    private static ServedClient prepared() {
        ServedClient client = ServedClient.start();
        client.send(PARSE, Frontend.sync()).say(PARSED, IDLE);
        assertThat(client.asked()).containsExactly("P weir_N SELECT $1", "S");
        assertThat(client.heard()).isEqualTo("1Z");
        return client;
    }

    @Test
    void namesAreExchangedHoweverTheMessagesArrive() {
        byte[] batch = Frontend.concat(
                PARSE, USE, Frontend.describeStatement("mine"), Frontend.closeStatement("mine"), Frontend.sync());
        for (int cut = 1; cut < batch.length; cut++) {
            try (ServedClient client = ServedClient.start()) {
                client.sendCut(batch, cut);
                assertThat(client.asked())
                        .as("cut at " + cut)
                        .containsExactly("P weir_N SELECT $1", "B weir_N x", "E", "D Sweir_N", "S");
                client.say(PARSED, BOUND, complete("SELECT 1"), Frontend.message('t', Frontend.int16(0)));
                client.say(Frontend.message('n'), IDLE);
                assertThat(client.heard()).as("Close is answered here").isEqualTo("12Ctn3Z");
            }
        }
    }

    @Test
    void aServerThatDoesNotKnowTheStatementIsToldAndNobodyHearsOfIt() {
        byte[] batch = Frontend.concat(USE, Frontend.sync());
        for (int cut = 1; cut < batch.length; cut++) {
            try (ServedClient client = prepared()) {
                client.loseServer();
                client.sendCut(batch, cut);
                client.letIn();
                assertThat(client.asked())
                        .as("cut at " + cut)
                        .containsExactly("P weir_N SELECT $1", "B weir_N x", "E", "S");
                client.say(PARSED, BOUND, complete("SELECT 1"), IDLE);
                assertThat(client.heard()).isEqualTo("2CZ");

                client.send(batch);
                assertThat(client.asked()).as("it knows it now").containsExactly("B weir_N x", "E", "S");
            }
        }
    }

    @Test
    void aPreparationThatFailsIsTheClientsErrorAndIsNotBelieved() {
        try (ServedClient client = prepared()) {
            client.loseServer();
            client.send(USE, Frontend.sync());
            client.letIn();
            client.asked();
            client.say(error("ERROR", "42P01"), IDLE);
            assertThat(client.heard()).isEqualTo("EZ");

            client.send(USE, Frontend.sync());
            assertThat(client.asked()).first().isEqualTo("P weir_N SELECT $1");
        }
    }

    @Test
    void aParseThatFailsGivesTheNameBack() {
        try (ServedClient client = ServedClient.start()) {
            client.send(PARSE, USE, Frontend.sync()).say(error("ERROR", "42P01"), IDLE);
            assertThat(client.heard()).isEqualTo("EZ");
            client.asked();

            client.send(USE, Frontend.sync());
            assertThat(client.asked())
                    .as("PostgreSQL knows no such name either")
                    .first()
                    .isEqualTo("B mine x");
            client.say(error("ERROR", "26000"), IDLE);
            assertThat(client.heard()).isEqualTo("EZ");
        }
    }

    @Test
    void aParseThatIsSkippedIsNotBelieved() {
        try (ServedClient client = ServedClient.start()) {
            client.send(Frontend.parse("", "SELEC"), PARSE, Frontend.sync()).say(error("ERROR", "42601"), IDLE);
            client.asked();
            client.send(USE, Frontend.sync());
            assertThat(client.asked()).first().isEqualTo("B mine x");
        }
    }

    @Test
    void aNameInUseIsRefusedInPostgresWordsWithTheClientsName() {
        try (ServedClient client = ServedClient.start()) {
            client.send(PARSE, Frontend.sync());
            String name = client.server().sent().replaceAll("(?s).*(weir_[0-9a-f]{8}_\\d+).*", "$1");
            client.say(PARSED, IDLE);
            client.heard();

            client.send(Frontend.parse("mine", "SELECT 2"), Frontend.sync());
            assertThat(client.asked()).containsExactly("P weir_N SELECT 2", "S");
            client.say(
                    Frontend.message(
                            'E',
                            Frontend.cString("SERROR"),
                            Frontend.cString("C42P05"),
                            Frontend.cString("Mprepared statement \"" + name + "\" already exists"),
                            new byte[1]),
                    IDLE);
            assertThat(client.client.messages().getFirst().text())
                    .isEqualTo("prepared statement \"mine\" already exists");
        }
    }

    /** What is wrong with the text comes first, and a failed transaction prepares nothing, the taken name included. */
    @Test
    void aNameInUseIsRefusedInAFailedTransactionOnAServerThatDoesNotKnowIt() {
        try (ServedClient client = ServedClient.start()) {
            client.send(PARSE, Frontend.sync()).say(PARSED, IDLE).loseServer();
            client.send(Frontend.query("BEGIN; oops")).letIn();
            client.asked();
            client.say(ServedClient.error("ERROR", "42601"), ServedClient.FAILED)
                    .heard();

            client.send(Frontend.parse("mine", "SELEC"), Frontend.sync());

            assertThat(client.asked()).containsExactly("C Sweir_N", "P weir_N SELEC", "P weir_N SELEC", "S");
            client.say(ServedClient.CLOSED, ServedClient.error("ERROR", "42601"), ServedClient.FAILED);
            assertThat(client.heard()).isEqualTo("EZ");
        }
    }

    @Test
    void theLastUnnamedStatementOutlivesItsServer() {
        try (ServedClient client = ServedClient.start()) {
            client.send(Frontend.parse("", "SELECT $1", 25), Frontend.sync()).say(PARSED, IDLE);
            client.asked();
            client.heard();
            client.loseServer();

            client.send(Frontend.bind("", "", "x"), Frontend.execute("", 0), Frontend.sync());
            client.letIn();
            assertThat(client.asked()).containsExactly("P SELECT $1", "B x", "E", "S");
            client.say(PARSED, BOUND, complete("SELECT 1"), IDLE);
            assertThat(client.heard()).isEqualTo("2CZ");
        }
    }

    @Test
    void aSimpleQueryDestroysTheUnnamedStatement() {
        try (ServedClient client = ServedClient.start()) {
            client.send(Frontend.parse("", "SELECT $1", 25), Frontend.sync()).say(PARSED, IDLE);
            client.send(Frontend.query("SELECT 1")).say(complete("SELECT 1"), IDLE);
            client.asked();
            client.send(Frontend.bind("", "", "x"), Frontend.sync());
            assertThat(client.asked()).as("left to PostgreSQL's words").containsExactly("B x", "S");
        }
    }

    @Test
    void theSameTextUnderAnotherNameIsNotPreparedAgain() {
        try (ServedClient client = prepared()) {
            client.send(Frontend.parse("other", "SELECT $1", 25), Frontend.bind("", "other", "y"), Frontend.sync());
            assertThat(client.asked()).containsExactly("B weir_N y", "S");
            client.say(BOUND, IDLE);
            assertThat(client.heard()).isEqualTo("12Z");
        }
    }

    @Test
    void whatIsClosedInABatchThatFailsIsOpenStill() {
        try (ServedClient client = prepared()) {
            client.send(Frontend.query("BEGIN")).say(complete("BEGIN"), IN_TRANSACTION);
            client.heard();
            client.asked();
            client.send(Frontend.parse("", "SELEC"), Frontend.closeStatement("mine"), Frontend.sync());
            client.say(error("ERROR", "42601"), FAILED);
            assertThat(client.heard()).isEqualTo("EZ");
            client.asked();

            client.send(Frontend.query("ROLLBACK")).say(complete("ROLLBACK"), IDLE);
            client.asked();
            client.send(USE, Frontend.sync());
            assertThat(client.asked()).first().isEqualTo("B weir_N x");
        }
    }

    @Test
    void aClosedStatementIsUnknown() {
        try (ServedClient client = prepared()) {
            client.send(Frontend.closeStatement("mine"), Frontend.sync());
            assertThat(client.heard()).isEqualTo("3Z");
            assertThat(client.asked()).as("nobody needs to hear of it").isEmpty();
            client.send(USE, Frontend.sync());
            assertThat(client.asked()).first().isEqualTo("B mine x");
        }
    }

    @ParameterizedTest
    @CsvSource({"B, 1", "B, 2", "P, 1", "D, 0", "D, 1", "C, 0", "C, 1"})
    void messagesWithoutTheirNamesAreRefused(char type, int length) {
        byte[] body = new byte[length];
        Arrays.fill(body, (byte) 'S');
        byte[] message = Frontend.message(type, body);
        for (int cut = 1; cut < message.length; cut++) {
            try (ServedClient client = ServedClient.start()) {
                client.sendCut(message, cut);
                assertThat(client.client.lastError().sqlState())
                        .as("cut at " + cut)
                        .isEqualTo("08P01");
                assertThat(client.client.isOpen()).isFalse();
                assertThat(client.asked()).isEmpty();
            }
        }
    }

    @Test
    void inSessionModeNamesAreTheClientsOwn() {
        try (ServedClient client = ServedClient.start("pool_mode = session")) {
            client.send(PARSE, USE, Frontend.closeStatement("mine"), Frontend.sync());
            assertThat(client.asked()).isEqualTo(List.of("P mine SELECT $1", "B mine x", "E", "C Smine", "S"));
        }
    }
}
