package dev.weir.proxy.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.wire.FrontendType;
import dev.weir.proxy.wire.Messages;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ConsoleHandlerTest {

    private static final String STATE = "RowDescription key:25t value:25t";

    private final FakePooler pooler = new FakePooler();
    private final ConsoleClient client = new ConsoleClient(pooler);

    @AfterEach
    void leaveNothingBehind() {
        client.close();
    }

    @Test
    void welcomesLikePgBouncer() {
        ByteBuf out = Unpooled.buffer();
        ConsoleWelcome.write(out, 1, new byte[] {1, 2, 3, 4});

        assertThat(out.toString(StandardCharsets.ISO_8859_1)).contains("server_version\0" + "1.25.2/bouncer\0");
        assertThat(Transcript.of(out))
                .startsWith("Authentication", "ParameterStatus")
                .endsWith("BackendKeyData", "ReadyForQuery I")
                .hasSize(10);
    }

    @Test
    void answersASimpleQuery() {
        assertThat(client.send(out -> Messages.query(out, "SHOW STATE")))
                .containsExactly(
                        STATE,
                        "DataRow active yes",
                        "DataRow paused no",
                        "DataRow suspended no",
                        "CommandComplete SHOW",
                        "ReadyForQuery I");
    }

    @Test
    void answersSeveralCommandsOfASimpleQueryUpToTheFirstError() {
        assertThat(client.send(out -> Messages.query(out, "SHOW pool_mode; RESUME; KILL_CLIENT 5; RESUME")))
                .containsExactly(
                        "RowDescription pool_mode:25t",
                        "DataRow session",
                        "CommandComplete SHOW",
                        "CommandComplete RESUME",
                        "ERROR 08P01 client not found",
                        "ReadyForQuery I");
        assertThat(pooler.orders).containsExactly("resume null", "killClient 5");
    }

    @Test
    void answersAnEmptyQueryAndAnUnknownOne() {
        assertThat(client.send(out -> Messages.query(out, " ; -- nothing")))
                .containsExactly("EmptyQueryResponse", "ReadyForQuery I");
        assertThat(client.send(out -> Messages.query(out, "RESUME; BOGUS")))
                .containsExactly("ERROR 08P01 invalid command 'BOGUS', use SHOW HELP;", "ReadyForQuery I");
        assertThat(pooler.orders).isEmpty();
    }

    @Test
    void helpComesAsANotice() {
        assertThat(client.send(out -> Messages.query(out, "SHOW HELP")))
                .containsExactly("NOTICE 00000 Console usage", "CommandComplete SHOW", "ReadyForQuery I");
    }

    @Test
    void keepsTrackOfTransactions() {
        assertThat(client.send(out -> Messages.query(out, "BEGIN")))
                .containsExactly("CommandComplete BEGIN", "ReadyForQuery T");
        assertThat(client.send(out -> Messages.query(out, "BOGUS"))).endsWith("ReadyForQuery E");
        assertThat(client.send(out -> Messages.query(out, "ROLLBACK TO SAVEPOINT x")))
                .endsWith("ReadyForQuery T");
        assertThat(client.send(out -> Messages.query(out, "BOGUS"))).endsWith("ReadyForQuery E");
        assertThat(client.send(out -> Messages.query(out, "COMMIT")))
                .containsExactly("CommandComplete ROLLBACK", "ReadyForQuery I");
        assertThat(client.send(out -> Messages.query(out, "SAVEPOINT x"))).endsWith("ReadyForQuery I");
    }

    @Test
    void takesTheNextMessageOnlyWhenTheCommandIsDone() {
        assertThat(client.send(out -> {
                    Messages.query(out, "PAUSE");
                    Messages.query(out, "RESUME");
                }))
                .isEmpty();
        assertThat(pooler.orders).containsExactly("pause null");

        pooler.paused.complete(null);

        assertThat(client.received())
                .containsExactly(
                        "CommandComplete PAUSE", "ReadyForQuery I", "CommandComplete RESUME", "ReadyForQuery I");
    }

    @Test
    void stopsReadingAheadWhileACommandRuns() {
        client.send(out -> Messages.query(out, "PAUSE"));
        client.send(out -> {
            for (int i = 0; i < 100; i++) {
                Messages.query(out, "RESUME -- " + "x".repeat(1000));
            }
        });
        assertThat(client.isRead()).isFalse();

        pooler.paused.complete(null);

        assertThat(client.received()).hasSize(202);
        assertThat(client.isRead()).isTrue();
    }

    @Test
    void aCancelRequestTakesThePauseBack() {
        client.send(out -> Messages.query(out, "PAUSE"));

        client.cancel();

        assertThat(client.received())
                .containsExactly("ERROR 57014 canceling statement due to user request", "ReadyForQuery I");
        assertThat(pooler.orders).containsExactly("pause null", "undo");
        client.cancel();
        assertThat(client.received()).isEmpty();
    }

    @Test
    void aClientThatVanishesTakesThePauseBack() {
        client.send(out -> Messages.query(out, "PAUSE"));

        client.vanish();

        assertThat(pooler.orders).containsExactly("pause null", "undo");
    }

    @Test
    void terminates() {
        client.send(out -> {
            Messages.terminate(out);
            Messages.query(out, "RESUME");
        });

        assertThat(client.isOpen()).isFalse();
        assertThat(pooler.orders).isEmpty();
    }

    @Test
    void hasNoFunctionsAndIgnoresLateCopyMessages() {
        assertThat(client.send(out -> {
                    out.writeByte(FrontendType.FUNCTION_CALL).writeInt(4);
                    Messages.copyDone(out);
                    Messages.flush(out);
                }))
                .containsExactly("ERROR 0A000 the console has no functions to call", "ReadyForQuery I");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 'p', 'Z', 'z', 0xff})
    void endsTheSessionOnAnUnknownType(int type) {
        assertThat(client.send(out -> out.writeByte(type)))
                .containsExactly("FATAL 08P01 unsupported packet type for admin console: " + type);
        assertThat(client.isOpen()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3, -1, Integer.MIN_VALUE, Integer.MAX_VALUE, 70_000})
    void endsTheSessionOnABadLength(int length) {
        assertThat(client.send(out -> out.writeByte(FrontendType.QUERY).writeInt(length)))
                .containsExactly("FATAL 08P01 invalid message length: " + Integer.toUnsignedString(length));
        assertThat(client.isOpen()).isFalse();
    }

    @Test
    void endsTheSessionOnABodyThatIsNoMessage() {
        assertThat(client.send(
                        out -> out.writeByte(FrontendType.QUERY).writeInt(5).writeByte('x')))
                .containsExactly("FATAL 08P01 invalid string in message");
        assertThat(client.isOpen()).isFalse();
    }

    @Test
    void answersTheSameHoweverTheBytesArrive() {
        Consumer<ByteBuf> everything = out -> {
            Messages.query(out, "SHOW STATE; SET x = 1");
            Messages.parse(out, "s", "SHOW DNS_HOSTS");
            Messages.bind(out, "", "s", List.of());
            Messages.execute(out, "", 3);
            Messages.sync(out);
            Messages.query(out, "SHOW HELP");
        };
        List<String> whole = client.send(everything);
        ByteBuf bytes = Unpooled.buffer();
        everything.accept(bytes);
        try {
            for (int split = 1; split < bytes.readableBytes(); split++) {
                assertThat(pieces(bytes, split)).as("split at %d", split).isEqualTo(whole);
            }
            assertThat(oneByOne(bytes)).isEqualTo(whole);
        } finally {
            bytes.release();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void survivesGarbage(long seed) {
        Random random = new Random(seed);
        byte[] types = "QPBDECSHFdcfX".getBytes(StandardCharsets.US_ASCII);
        for (int round = 0; round < 400; round++) {
            ByteBuf bytes = Unpooled.buffer();
            for (int i = random.nextInt(6); i >= 0; i--) {
                byte[] body = new byte[random.nextInt(20)];
                random.nextBytes(body);
                bytes.writeByte(types[random.nextInt(types.length)]).writeInt(body.length + 4);
                bytes.writeBytes(body);
            }
            try (ConsoleClient other = new ConsoleClient(pooler)) {
                other.send(bytes);
                assertThat(other.received())
                        .as("seed %d, round %d", seed, round)
                        .noneMatch(line -> line.contains("XX000"));
            }
        }
    }

    private List<String> pieces(ByteBuf bytes, int split) {
        try (ConsoleClient other = new ConsoleClient(pooler)) {
            other.send(bytes.copy(0, split));
            other.send(bytes.copy(split, bytes.readableBytes() - split));
            return other.received();
        }
    }

    private List<String> oneByOne(ByteBuf bytes) {
        try (ConsoleClient other = new ConsoleClient(pooler)) {
            for (int i = 0; i < bytes.readableBytes(); i++) {
                other.send(bytes.copy(i, 1));
            }
            return other.received();
        }
    }
}
