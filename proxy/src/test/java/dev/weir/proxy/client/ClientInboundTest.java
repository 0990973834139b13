package dev.weir.proxy.client;

import static dev.weir.proxy.client.ServedClient.BOUND;
import static dev.weir.proxy.client.ServedClient.IDLE;
import static dev.weir.proxy.client.ServedClient.IN_TRANSACTION;
import static dev.weir.proxy.client.ServedClient.PARSED;
import static dev.weir.proxy.client.ServedClient.complete;
import static dev.weir.proxy.client.ServedClient.error;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.statement.UnnamedStatement;
import dev.weir.proxy.testkit.Frontend;
import dev.weir.proxy.testkit.Message;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client may send once it is logged in, split at every byte. */
final class ClientInboundTest {

    private static final byte[] BATCH = Frontend.concat(
            Frontend.parse("", "SELECT 1"),
            Frontend.bind("", ""),
            Frontend.describePortal(""),
            Frontend.execute("", 0),
            Frontend.flush(),
            Frontend.closePortal(""),
            Frontend.sync());

    @Test
    void aPipelineReachesTheServerAsItWasSentHoweverItArrives() {
        byte[] pipeline = Frontend.concat(Frontend.query("SELECT 'a'"), BATCH, Frontend.query("SELECT 'b'"), BATCH);
        List<String> expected;
        try (ServedClient whole = ServedClient.start()) {
            expected = whole.send(pipeline).asked();
        }
        assertThat(expected)
                .extracting(text -> text.charAt(0))
                .containsExactly('Q', 'P', 'B', 'D', 'E', 'H', 'C', 'S', 'Q', 'P', 'B', 'D', 'E', 'H', 'C', 'S');
        for (int cut = 1; cut < pipeline.length; cut++) {
            try (ServedClient client = ServedClient.start()) {
                assertThat(client.sendCut(pipeline, cut).asked())
                        .as("cut at " + cut)
                        .isEqualTo(expected);
            }
        }
    }

    @Test
    void aPipelineByteByByteToo() {
        try (ServedClient client = ServedClient.start()) {
            client.client.sendSlowly(Frontend.concat(BATCH, BATCH));
            assertThat(client.asked()).hasSize(14);
        }
    }

    @Test
    void answersComeBackInOrderAndTheServerIsFreeBehindThem() {
        try (ServedClient client = ServedClient.start()) {
            client.send(Frontend.query("SELECT 'a'"), BATCH);
            client.say(complete("SELECT 1"), IDLE, PARSED, BOUND);
            assertThat(client.heard()).isEqualTo("CZ12");
            assertThat(client.linked()).isNotNull();

            client.say(Frontend.message('n'), complete("SELECT 1"), ServedClient.CLOSED, IDLE);
            assertThat(client.heard()).isEqualTo("nC3Z");
            assertThat(client.linked()).isNull();
        }
    }

    @Test
    void holdsWhatIsSentWhileThereIsNoServer() {
        try (ServedClient client = ServedClient.start()) {
            client.loseServer();
            client.send(Frontend.query("SELECT 'a'"), BATCH);
            assertThat(client.session().state()).isEqualTo(ClientState.WAITING);

            client.letIn();
            assertThat(client.asked()).hasSize(8).first().isEqualTo("Q SELECT 'a'");
        }
    }

    @Test
    void aQueryThatWaitsInLineMayBeCancelledAndTheRestOfItsBatchIsSkipped() {
        try (ServedClient client = ServedClient.start()) {
            client.loseServer();
            client.send(BATCH, Frontend.query("SELECT 'next'"));
            client.session().onCancelRequest(() -> {});
            client.client.pools.run();

            List<Message> heard = client.client.messages();
            assertThat(heard).extracting(Message::type).containsExactly('E', 'Z');
            assertThat(heard.getFirst().sqlState()).isEqualTo("57014");
            client.letIn();
            assertThat(client.asked()).containsExactly("Q SELECT 'next'");
        }
    }

    @Test
    void aFailedBatchIsSkippedByPostgresAndTheNextIsNot() {
        try (ServedClient client = ServedClient.start()) {
            client.send(BATCH, BATCH);
            client.say(error("ERROR", "42601"), IDLE);
            assertThat(client.heard()).isEqualTo("EZ");
            assertThat(client.linked()).as("the second batch is owed").isNotNull();
            client.say(PARSED, BOUND, Frontend.message('n'), complete("SELECT 1"), ServedClient.CLOSED, IDLE);
            assertThat(client.heard()).isEqualTo("12nC3Z");
            assertThat(client.linked()).isNull();
        }
    }

    @Test
    void copyDataGoesOnWhileACopyRunsAndNowhereOtherwise() {
        byte[] late = Frontend.concat(Frontend.copyData("late"), Frontend.copyDone(), Frontend.copyFail("late"));
        for (int cut = 1; cut < late.length; cut++) {
            try (ServedClient client = ServedClient.start()) {
                client.send(Frontend.query("COPY t FROM STDIN"));
                client.say(Frontend.message('G', new byte[] {0}, Frontend.int16(0)));
                client.send(Frontend.copyData("1\n"), Frontend.copyDone());
                client.say(complete("COPY 1"), IDLE);
                assertThat(client.asked()).containsExactly("Q COPY t FROM STDIN", "d 1", "c");
                assertThat(client.heard()).isEqualTo("GCZ");

                client.sendCut(late, cut);
                assertThat(client.asked()).as("cut at " + cut).isEmpty();
                client.send(Frontend.query("SELECT 'a'"));
                assertThat(client.asked()).containsExactly("Q SELECT 'a'");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(chars = {'~', 'p', 'R', 'Z', '\0', '\u00ff'})
    void unknownTypesEndTheConnectionAndTheServerIsBroughtToRest(char type) {
        byte[] message = Frontend.message(type, new byte[4]);
        for (int cut = 1; cut <= 5; cut++) {
            try (ServedClient client = ServedClient.start()) {
                client.send(Frontend.query("BEGIN")).say(complete("BEGIN"), IN_TRANSACTION);
                client.heard();
                client.asked();
                client.sendCut(message, cut);

                assertThat(client.client.lastError().sqlState()).isEqualTo("08P01");
                assertThat(client.client.isOpen()).isFalse();
                assertThat(client.asked()).containsExactly("Q ROLLBACK");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(chars = {'S', 'H', 'c'})
    void messagesThatMustBeEmptyAreRefusedOtherwise(char type) {
        try (ServedClient client = ServedClient.start()) {
            client.send(Frontend.message(type, new byte[1]));
            assertThat(client.client.lastError().sqlState()).isEqualTo("08P01");
            assertThat(client.asked()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 0, -1, Integer.MIN_VALUE})
    void impossibleLengthsAreRefused(int length) {
        try (ServedClient client = ServedClient.start()) {
            client.send(Frontend.lying('Q', length, new byte[3]));
            assertThat(client.client.lastError().sqlState()).isEqualTo("08P01");
            assertThat(client.asked()).isEmpty();
        }
    }

    @Test
    void aMessageLongerThanAllowedIsRefusedByItsHeader() {
        try (ServedClient client = ServedClient.start("max_packet_size = 2000")) {
            client.send(Frontend.lying('d', 2001, new byte[1]));
            Message error = client.client.lastError();
            assertThat(error.sqlState()).isEqualTo("54000");
            assertThat(error.text()).contains("max_packet_size");
        }
    }

    @Test
    void terminateEndsTheSessionBehindWhatCameInFrontOfIt() {
        byte[] bytes = Frontend.concat(Frontend.query("COMMIT"), Frontend.terminate());
        for (int cut = 1; cut <= bytes.length; cut++) {
            try (ServedClient client = ServedClient.start()) {
                client.send(Frontend.query("BEGIN")).say(complete("BEGIN"), IN_TRANSACTION);
                client.asked();
                client.sendCut(bytes, cut);

                assertThat(client.asked()).as("cut at " + cut).containsExactly("Q COMMIT");
                assertThat(client.client.isOpen()).isFalse();
                client.say(complete("COMMIT"), IDLE);
                assertThat(client.server().isOpen()).as("free for others").isTrue();
            }
        }
    }

    @Test
    void nothingBehindTerminateCounts() {
        try (ServedClient client = ServedClient.start()) {
            client.send(Frontend.terminate(), Frontend.query("SELECT 'x'"));
            assertThat(client.asked()).isEmpty();
        }
    }

    private static final String MUCH = "INSERT INTO t VALUES ('" + "x".repeat(300_000) + "')";

    private static byte[] piece(byte[] whole, int from, int to) {
        return Arrays.copyOfRange(whole, from, Math.min(to, whole.length));
    }

    /** @return types of what the server got of it, and of what it was asked behind it */
    private static String sendInPieces(ServedClient client, byte[] message, byte[]... answers) {
        for (int at = 0; at < message.length; at += 70_000) {
            client.send(piece(message, at, at + 70_000));
        }
        String types = types(client);
        client.say(answers).say(ServedClient.complete("INSERT 0 1"), ServedClient.IDLE);
        return types + types(client);
    }

    private static String types(ServedClient client) {
        return client.asked().stream().map(text -> text.substring(0, 1)).collect(Collectors.joining());
    }

    @Test
    void aLongHarmlessTextIsNotSuspected() {
        try (ServedClient client = ServedClient.start()) {
            assertThat(sendInPieces(client, Frontend.query(MUCH))).isEqualTo("Q");
            assertThat(client.linked()).isNull();
        }
    }

    @Test
    void whatALongTextDoesAtItsEndIsKnown() {
        try (ServedClient client = ServedClient.start()) {
            assertThat(sendInPieces(client, Frontend.query(MUCH + "; SET work_mem = '1MB'")))
                    .isEqualTo("QQ");
        }
        try (ServedClient client = ServedClient.start()) {
            sendInPieces(client, Frontend.query(MUCH + "; LOAD 'x'"));
            assertThat(client.server().server().release().isCloseNeeded()).isTrue();
        }
    }

    @Test
    void aLongStatementWithoutANameIsKnownAsWell() {
        byte[] batch = Frontend.concat(Frontend.parse("", MUCH), Frontend.bind("", ""), Frontend.execute("", 0));
        try (ServedClient client = ServedClient.start()) {
            assertThat(sendInPieces(
                            client, Frontend.concat(batch, Frontend.sync()), ServedClient.PARSED, ServedClient.BOUND))
                    .isEqualTo("PBES");
            assertThat(client.session().open().unnamed())
                    .extracting(UnnamedStatement::definition)
                    .satisfies(text -> assertThat(text).hasSize(MUCH.length() + 3));
        }
        batch = Frontend.parse("", "SELECT set_config('work_mem', '" + "1".repeat(300_000) + "', false)");
        try (ServedClient client = ServedClient.start()) {
            for (int at = 0; at < batch.length; at += 70_000) {
                client.send(piece(batch, at, at + 70_000));
            }
            client.send(Frontend.bind("", ""), Frontend.execute("", 0), Frontend.sync());
            assertThat(types(client)).isEqualTo("PBES");
            client.say(ServedClient.PARSED, ServedClient.BOUND, ServedClient.complete("SELECT 1"), ServedClient.IDLE);
            assertThat(types(client)).isEqualTo("Q");
        }
    }
}
