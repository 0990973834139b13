package dev.weir.proxy.client;

import static dev.weir.proxy.client.ServedClient.IDLE;
import static dev.weir.proxy.client.ServedClient.IN_TRANSACTION;
import static dev.weir.proxy.client.ServedClient.complete;
import static dev.weir.proxy.client.ServedClient.error;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import dev.weir.proxy.server.ServerState;
import dev.weir.proxy.testkit.Frontend;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When a client gets a server, keeps it, lets it go, and loses it. */
final class ClientLinkTest {

    private static final byte[] BEGIN = Frontend.query("BEGIN");
    private static final byte[] HALF_A_ROW = Frontend.lying('D', 100, new byte[20]);

    private static ServedClient inTransaction(String lines) {
        ServedClient client = ServedClient.start(lines);
        client.send(BEGIN).say(complete("BEGIN"), IN_TRANSACTION);
        assertThat(client.heard()).isEqualTo("CZ");
        assertThat(client.asked()).containsExactly("Q BEGIN");
        return client;
    }

    @Test
    void keepsItsServerFromTheFirstMessageToTheEndOfTheTransaction() {
        byte[] answers = Frontend.concat(complete("COMMIT"), IDLE);
        for (int cut = 1; cut <= answers.length; cut++) {
            try (ServedClient client = inTransaction("pool_mode = transaction")) {
                assertThat(client.session().state()).isEqualTo(ClientState.LINKED);
                client.send(Frontend.query("COMMIT"));
                client.say(Arrays.copyOf(answers, cut));
                assertThat(client.session().state())
                        .isEqualTo(cut < answers.length ? ClientState.LINKED : ClientState.IDLE);
                client.say(Arrays.copyOfRange(answers, cut, answers.length));
                assertThat(client.session().state()).isEqualTo(ClientState.IDLE);
                assertThat(client.server().server().state()).isEqualTo(ServerState.IDLE);
                assertThat(client.heard()).isEqualTo("CZ");
            }
        }
    }

    @Test
    void keepsItsServerToTheEndOfTheSessionInSessionMode() {
        try (ServedClient client = ServedClient.start("pool_mode = session")) {
            client.send(Frontend.query("SELECT 1")).say(complete("SELECT 1"), IDLE);
            assertThat(client.session().state()).isEqualTo(ClientState.LINKED);
        }
    }

    @Test
    void aBlockInStatementModeIsRefusedAndRolledBack() {
        try (ServedClient client = ServedClient.start("pool_mode = statement")) {
            client.send(BEGIN).say(complete("BEGIN"), IN_TRANSACTION);
            assertThat(client.client.lastError().sqlState()).isEqualTo("0A000");
            assertThat(client.client.isOpen()).isFalse();
            assertThat(client.asked()).containsExactly("Q BEGIN", "Q ROLLBACK");
            client.say(complete("ROLLBACK"), IDLE);
            assertThat(client.server().server().state()).isEqualTo(ServerState.IDLE);
        }
    }

    /** What can be answered here, in front of what cannot, must not make the client miss the end of the survey. */
    @Test
    void whatComesWhileItsServerIsSurveyedGoesOnAfterwards() {
        try (ServedClient client = ServedClient.start("pool_mode = transaction\nfunction_survey_interval = 60")) {
            client.send(Frontend.query("SELECT f()")).say(complete("SELECT 1"), IDLE);
            assertThat(client.heard()).isEqualTo("CZ");
            assertThat(client.asked()).hasSize(2).last(STRING).contains("pg_proc");

            client.send(Frontend.closeStatement("s")).send(Frontend.parse("s", "SELECT 2"), Frontend.sync());
            assertThat(client.asked()).isEmpty();
            client.say(complete("SELECT 0"), IDLE);

            assertThat(client.heard()).isEqualTo("3");
            assertThat(client.asked()).containsExactly("P weir_N SELECT 2", "S");
        }
    }

    @Test
    void anIdleServerThatDiesGoesUnnoticed() {
        try (ServedClient client = ServedClient.start()) {
            client.loseServer();
            client.send(Frontend.query("SELECT 1"));
            client.letIn();
            client.say(complete("SELECT 1"), IDLE);
            assertThat(client.heard()).isEqualTo("CZ");
        }
    }

    @Test
    void aServerThatDiesInATransactionEndsTheClient() {
        try (ServedClient client = inTransaction("pool_mode = transaction")) {
            client.server().hangUp();
            assertThat(client.client.lastError().sqlState()).isEqualTo("08006");
            assertThat(client.client.isOpen()).isFalse();
        }
    }

    @Test
    void whatPostgresSaidLastIsNotSaidTwice() {
        byte[] farewell = error("FATAL", "57P01");
        for (int cut = 1; cut < farewell.length; cut++) {
            try (ServedClient client = inTransaction("pool_mode = transaction")) {
                client.say(Arrays.copyOf(farewell, cut));
                client.say(Arrays.copyOfRange(farewell, cut, farewell.length));
                client.server().hangUp();
                client.client.pools.run();
                assertThat(client.client.messages())
                        .singleElement()
                        .satisfies(message -> assertThat(message.sqlState()).isEqualTo("57P01"));
            }
        }
    }

    @Test
    void aServerThatSaysGoodbyeBehindTheAnswerIsReplaced() {
        try (ServedClient client = inTransaction("pool_mode = transaction")) {
            client.send(Frontend.query("COMMIT"));
            client.say(complete("COMMIT"), IDLE, error("FATAL", "57P01"));
            assertThat(client.heard()).isEqualTo("CZ");
            assertThat(client.server().isOpen()).isFalse();

            client.send(Frontend.query("SELECT 1"));
            client.letIn();
            assertThat(client.asked()).containsExactly("Q SELECT 1");
            client.say(complete("SELECT 1"), IDLE);
            assertThat(client.heard()).isEqualTo("CZ");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aServerThatBreaksInTheMiddleOfARowLeavesNoInventedMessage(boolean rudely) {
        try (ServedClient client = inTransaction("pool_mode = transaction")) {
            client.send(Frontend.query("SELECT 'x'")).say(HALF_A_ROW);
            byte[] half = client.client.received();
            assertThat(half).isEqualTo(HALF_A_ROW);
            if (rudely) {
                client.server().server().close("broken");
            } else {
                client.server().hangUp();
            }
            assertThat(client.client.received()).isEmpty();
            assertThat(client.client.isOpen()).isFalse();
        }
    }

    @Test
    void aClientThatLeavesItsTransactionHasItRolledBack() {
        try (ServedClient client = inTransaction("pool_mode = transaction")) {
            client.client.hangUp();
            assertThat(client.asked()).containsExactly("Q ROLLBACK");
            assertThat(client.server().server().state()).isEqualTo(ServerState.DRAINING);
            client.say(complete("ROLLBACK"), IDLE);
            assertThat(client.server().server().state()).isEqualTo(ServerState.IDLE);
        }
    }

    @Test
    void aClientThatLeavesInTheMiddleOfAnAnswerHasTheRestOfItDropped() {
        try (ServedClient client = inTransaction("pool_mode = transaction")) {
            client.send(Frontend.query("SELECT 'x'")).say(HALF_A_ROW);
            client.client.hangUp();
            client.asked();
            client.say(new byte[76], error("ERROR", "57014"), ServedClient.FAILED);
            assertThat(client.asked()).containsExactly("Q ROLLBACK");
            client.say(complete("ROLLBACK"), IDLE);
            assertThat(client.server().server().state()).isEqualTo(ServerState.IDLE);
        }
    }

    @Test
    void aServerThatHasGotOnlyAPartOfAMessageIsClosed() {
        byte[] copy = Frontend.copyData("x".repeat(100));
        try (ServedClient client = inTransaction("pool_mode = transaction")) {
            client.send(Frontend.query("COPY t FROM STDIN"));
            client.say(Frontend.message('G', new byte[] {0}, Frontend.int16(0)));
            client.send(Arrays.copyOf(copy, 50));
            client.client.hangUp();
            assertThat(client.server().isOpen()).isFalse();
        }
    }

    @Test
    void aWaitingClientThatLeavesIsNotServed() {
        try (ServedClient client = ServedClient.start()) {
            client.loseServer();
            client.send(Frontend.query("SELECT 1"));
            client.client.hangUp();
            client.letIn();
            assertThat(client.asked()).isEmpty();
            assertThat(client.server().server().state()).isIn(ServerState.IDLE, ServerState.CLOSED);
        }
    }
}
