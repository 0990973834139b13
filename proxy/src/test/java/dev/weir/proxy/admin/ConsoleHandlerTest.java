package dev.weir.proxy.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.console.ConsoleUser;
import dev.weir.proxy.wire.FrontendType;
import dev.weir.proxy.wire.Messages;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ConsoleHandlerTest {

    private static final String STATE = "RowDescription key:25t value:25t";

    private final FakePooler pooler = new FakePooler();
    private final ConsoleHandler handler = new ConsoleHandler(pooler.console, new ConsoleUser("root", true));
    private final EmbeddedChannel channel = new EmbeddedChannel(handler);

    @AfterEach
    void leaveNothingBehind() {
        channel.finishAndReleaseAll();
    }

    @Test
    void welcomesLikePgBouncer() {
        ByteBuf out = Unpooled.buffer();
        ConsoleWelcome.write(out, 1, new byte[] {1, 2, 3, 4});

        assertThat(out.toString(StandardCharsets.ISO_8859_1)).contains("server_version\0" + "1.25.2/bouncer\0");
        assertThat(Transcript.of(out))
                .endsWith("BackendKeyData", "ReadyForQuery I")
                .hasSize(9);
    }

    @Test
    void answersASimpleQuery() {
        assertThat(send(out -> Messages.query(out, "SHOW STATE")))
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
        assertThat(send(out -> Messages.query(out, "SHOW pool_mode; RESUME; KILL_CLIENT 5; RESUME")))
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
        assertThat(send(out -> Messages.query(out, " ; -- nothing")))
                .containsExactly("EmptyQueryResponse", "ReadyForQuery I");
        assertThat(send(out -> Messages.query(out, "RESUME; BOGUS")))
                .containsExactly("ERROR 08P01 invalid command 'BOGUS', use SHOW HELP;", "ReadyForQuery I");
        assertThat(pooler.orders).isEmpty();
    }

    @Test
    void helpComesAsANotice() {
        assertThat(send(out -> Messages.query(out, "SHOW HELP")))
                .containsExactly("NOTICE 00000 Console usage", "CommandComplete SHOW", "ReadyForQuery I");
    }

    @Test
    void keepsTrackOfTransactions() {
        assertThat(send(out -> Messages.query(out, "BEGIN")))
                .containsExactly("CommandComplete BEGIN", "ReadyForQuery T");
        assertThat(send(out -> Messages.query(out, "BOGUS"))).endsWith("ReadyForQuery E");
        assertThat(send(out -> Messages.query(out, "ROLLBACK TO SAVEPOINT x"))).endsWith("ReadyForQuery T");
        assertThat(send(out -> Messages.query(out, "BOGUS"))).endsWith("ReadyForQuery E");
        assertThat(send(out -> Messages.query(out, "COMMIT")))
                .containsExactly("CommandComplete ROLLBACK", "ReadyForQuery I");
        assertThat(send(out -> Messages.query(out, "SAVEPOINT x"))).endsWith("ReadyForQuery I");
    }

    @Test
    void answersTheExtendedProtocol() {
        List<String> replies = send(out -> {
            Messages.parse(out, "s", "SHOW STATE");
            Messages.describe(out, 'S', "s");
            Messages.bind(out, "p", "s", List.of());
            Messages.describe(out, 'P', "p");
            Messages.execute(out, "p", 0);
            Messages.close(out, 'P', "p");
            Messages.sync(out);
        });

        assertThat(replies)
                .containsExactly(
                        "ParseComplete",
                        "ParameterDescription 0",
                        STATE,
                        "BindComplete",
                        STATE,
                        "DataRow active yes",
                        "DataRow paused no",
                        "DataRow suspended no",
                        "CommandComplete SHOW",
                        "CloseComplete",
                        "ReadyForQuery I");
    }

    @Test
    void fetchesInPortions() {
        List<String> replies = send(out -> {
            Messages.parse(out, "", "SHOW STATE");
            Messages.bind(out, "", "", List.of());
            Messages.execute(out, "", 2);
            Messages.execute(out, "", 2);
            Messages.execute(out, "", 2);
            Messages.sync(out);
        });

        assertThat(replies)
                .containsExactly(
                        "ParseComplete",
                        "BindComplete",
                        "DataRow active yes",
                        "DataRow paused no",
                        "PortalSuspended",
                        "DataRow suspended no",
                        "CommandComplete SHOW",
                        "CommandComplete SHOW",
                        "ReadyForQuery I");
    }

    @Test
    void aPortalLivesAsLongAsTheTransaction() {
        Consumer<ByteBuf> open = out -> {
            Messages.parse(out, "", "SHOW STATE");
            Messages.bind(out, "p", "", List.of());
            Messages.execute(out, "p", 1);
            Messages.sync(out);
        };
        Consumer<ByteBuf> fetch = out -> {
            Messages.execute(out, "p", 1);
            Messages.sync(out);
        };

        send(open);
        assertThat(send(fetch)).containsExactly("ERROR 34000 portal \"p\" does not exist", "ReadyForQuery I");

        send(out -> Messages.query(out, "BEGIN"));
        send(open);
        assertThat(send(fetch)).containsExactly("DataRow paused no", "PortalSuspended", "ReadyForQuery T");
    }

    @Test
    void answersInBinaryWhereAsked() {
        List<String> replies = send(out -> {
            Messages.parse(out, "", "SHOW STATS_TOTALS");
            bindBinary(out, "", "");
            Messages.describe(out, 'P', "");
            Messages.execute(out, "", 0);
            Messages.sync(out);
        });

        assertThat(replies.get(2)).startsWith("RowDescription database:25b server_assignment_count:1700b");
        // One command so far: the numeric 1 is one digit of weight 0, the numeric 0 has no digits.
        String zero = "\0\0\0\0\0\0\0\0";
        String one = "\0\1\0\0\0\0\0\0\0\1";
        assertThat(replies.get(3)).startsWith("DataRow pgbouncer " + zero + " " + one + " " + one + " " + zero);
    }

    @Test
    void takesParametersInTextAndBinary() {
        List<String> replies = send(out -> {
            Messages.parse(out, "k", "KILL_CLIENT $1", 23);
            Messages.describe(out, 'S', "k");
            Messages.bind(out, "", "k", List.of("17"));
            Messages.execute(out, "", 0);
            Messages.sync(out);
            bindInt(out, "k", 18);
            Messages.execute(out, "", 0);
            Messages.sync(out);
        });

        assertThat(replies)
                .containsExactly(
                        "ParseComplete",
                        "ParameterDescription 1",
                        "NoData",
                        "BindComplete",
                        "ERROR 08P01 client not found",
                        "ReadyForQuery I",
                        "BindComplete",
                        "ERROR 08P01 client not found",
                        "ReadyForQuery I");
        assertThat(pooler.orders).containsExactly("killClient 17", "killClient 18");
    }

    @Test
    void skipsToSyncAfterAnError() {
        List<String> replies = send(out -> {
            Messages.parse(out, "", "BOGUS");
            Messages.bind(out, "", "", List.of());
            Messages.query(out, "RESUME");
            Messages.execute(out, "", 0);
            Messages.sync(out);
            Messages.query(out, "RESUME");
        });

        assertThat(replies)
                .containsExactly(
                        "ERROR 08P01 invalid command 'BOGUS', use SHOW HELP;",
                        "ReadyForQuery I",
                        "CommandComplete RESUME",
                        "ReadyForQuery I");
    }

    @Test
    void namesAreUniqueUntilClosed() {
        List<String> replies = send(out -> {
            Messages.parse(out, "s", "SHOW STATE");
            Messages.parse(out, "s", "SHOW STATE");
            Messages.sync(out);
            Messages.bind(out, "p", "s", List.of());
            Messages.bind(out, "p", "s", List.of());
            Messages.sync(out);
            Messages.close(out, 'S', "s");
            Messages.close(out, 'S', "never there");
            Messages.bind(out, "", "s", List.of());
            Messages.sync(out);
        });

        assertThat(replies)
                .containsExactly(
                        "ParseComplete",
                        "ERROR 42P05 prepared statement \"s\" already exists",
                        "ReadyForQuery I",
                        "BindComplete",
                        "ERROR 42P03 cursor \"p\" already exists",
                        "ReadyForQuery I",
                        "CloseComplete",
                        "CloseComplete",
                        "ERROR 26000 prepared statement \"s\" does not exist",
                        "ReadyForQuery I");
    }

    @Test
    void runsAnEmptyStatementAndNoCommandTwice() {
        List<String> replies = send(out -> {
            Messages.parse(out, "", "");
            Messages.bind(out, "", "", List.of());
            Messages.describe(out, 'P', "");
            Messages.execute(out, "", 0);
            Messages.parse(out, "", "RESUME");
            Messages.bind(out, "", "", List.of());
            Messages.execute(out, "", 0);
            Messages.execute(out, "", 0);
            Messages.sync(out);
        });

        assertThat(replies)
                .containsExactly(
                        "ParseComplete",
                        "BindComplete",
                        "NoData",
                        "EmptyQueryResponse",
                        "ParseComplete",
                        "BindComplete",
                        "CommandComplete RESUME",
                        "ERROR 55000 portal \"\" cannot be run",
                        "ReadyForQuery I");
    }

    @Test
    void refusesMoreParametersThanThereAre() {
        List<String> replies = send(out -> {
            Messages.parse(out, "", "RESUME");
            Messages.bind(out, "", "", Arrays.<@Nullable String>asList("a", null));
            Messages.sync(out);
        });

        assertThat(replies)
                .containsExactly(
                        "ParseComplete",
                        "ERROR 08P01 bind message supplies 2 parameters, but the prepared statement requires 0",
                        "ReadyForQuery I");
    }

    @Test
    void takesTheNextMessageOnlyWhenTheCommandIsDone() {
        assertThat(send(out -> {
                    Messages.query(out, "PAUSE");
                    Messages.query(out, "RESUME");
                }))
                .isEmpty();
        assertThat(pooler.orders).containsExactly("pause null");

        pooler.paused.complete(null);

        assertThat(received())
                .containsExactly(
                        "CommandComplete PAUSE", "ReadyForQuery I", "CommandComplete RESUME", "ReadyForQuery I");
    }

    @Test
    void stopsReadingAheadWhileACommandRuns() {
        send(out -> Messages.query(out, "PAUSE"));
        send(out -> {
            for (int i = 0; i < 100; i++) {
                Messages.query(out, "RESUME -- " + "x".repeat(1000));
            }
        });
        assertThat(channel.config().isAutoRead()).isFalse();

        pooler.paused.complete(null);

        assertThat(received()).hasSize(202);
        assertThat(channel.config().isAutoRead()).isTrue();
    }

    @Test
    void aCancelRequestTakesThePauseBack() {
        send(out -> Messages.query(out, "PAUSE"));

        handler.cancel();

        assertThat(received())
                .containsExactly("ERROR 57014 canceling statement due to user request", "ReadyForQuery I");
        assertThat(pooler.orders).containsExactly("pause null", "undo");
        handler.cancel();
        assertThat(received()).isEmpty();
    }

    @Test
    void aClientThatVanishesTakesThePauseBack() {
        send(out -> Messages.query(out, "PAUSE"));

        var _ = channel.close();
        channel.runPendingTasks();

        assertThat(pooler.orders).containsExactly("pause null", "undo");
    }

    @Test
    void terminates() {
        send(out -> {
            Messages.terminate(out);
            Messages.query(out, "RESUME");
        });

        assertThat(channel.isOpen()).isFalse();
        assertThat(pooler.orders).isEmpty();
    }

    @Test
    void hasNoFunctionsAndIgnoresLateCopyMessages() {
        assertThat(send(out -> {
                    out.writeByte(FrontendType.FUNCTION_CALL).writeInt(4);
                    Messages.copyDone(out);
                    Messages.flush(out);
                }))
                .containsExactly("ERROR 0A000 the console has no functions to call", "ReadyForQuery I");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 'p', 'Z', 'z', 0xff})
    void endsTheSessionOnAnUnknownType(int type) {
        assertThat(send(out -> out.writeByte(type)))
                .containsExactly("FATAL 08P01 unsupported packet type for admin console: " + type);
        assertThat(channel.isOpen()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3, -1, Integer.MIN_VALUE, Integer.MAX_VALUE, 70_000})
    void endsTheSessionOnABadLength(int length) {
        assertThat(send(out -> out.writeByte(FrontendType.QUERY).writeInt(length)))
                .containsExactly("FATAL 08P01 invalid message length: " + Integer.toUnsignedString(length));
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void endsTheSessionOnABodyThatIsNoMessage() {
        assertThat(send(out -> out.writeByte(FrontendType.QUERY).writeInt(5).writeByte('x')))
                .containsExactly("FATAL 08P01 invalid string in message");
        assertThat(channel.isOpen()).isFalse();
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
        List<String> whole = send(everything);
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
            EmbeddedChannel other = new EmbeddedChannel(new ConsoleHandler(pooler.console, new ConsoleUser("x", true)));
            ByteBuf bytes = Unpooled.buffer();
            for (int i = random.nextInt(6); i >= 0; i--) {
                byte[] body = new byte[random.nextInt(20)];
                random.nextBytes(body);
                bytes.writeByte(types[random.nextInt(types.length)]).writeInt(body.length + 4);
                bytes.writeBytes(body);
            }
            other.writeInbound(bytes);
            other.runPendingTasks();
            assertThat(sent(other)).as("seed %d, round %d", seed, round).noneMatch(line -> line.contains("XX000"));
            other.finishAndReleaseAll();
        }
    }

    private List<String> pieces(ByteBuf bytes, int split) {
        EmbeddedChannel other = new EmbeddedChannel(new ConsoleHandler(pooler.console, new ConsoleUser("x", true)));
        other.writeInbound(bytes.copy(0, split));
        other.writeInbound(bytes.copy(split, bytes.readableBytes() - split));
        other.runPendingTasks();
        List<String> replies = sent(other);
        other.finishAndReleaseAll();
        return replies;
    }

    private List<String> oneByOne(ByteBuf bytes) {
        EmbeddedChannel other = new EmbeddedChannel(new ConsoleHandler(pooler.console, new ConsoleUser("x", true)));
        for (int i = 0; i < bytes.readableBytes(); i++) {
            other.writeInbound(bytes.copy(i, 1));
        }
        other.runPendingTasks();
        List<String> replies = sent(other);
        other.finishAndReleaseAll();
        return replies;
    }

    private List<String> send(Consumer<ByteBuf> messages) {
        ByteBuf bytes = Unpooled.buffer();
        messages.accept(bytes);
        channel.writeInbound(bytes);
        return received();
    }

    private List<String> received() {
        channel.runPendingTasks();
        return sent(channel);
    }

    private static List<String> sent(EmbeddedChannel from) {
        List<String> lines = new ArrayList<>();
        for (ByteBuf sent = from.readOutbound(); sent != null; sent = from.readOutbound()) {
            lines.addAll(Transcript.of(sent));
        }
        return Collections.unmodifiableList(lines);
    }

    private static void bindBinary(ByteBuf out, String portal, String statement) {
        int length = 4 + portal.length() + 1 + statement.length() + 1 + 2 + 2 + 4;
        out.writeByte(FrontendType.BIND).writeInt(length);
        out.writeCharSequence(portal + "\0" + statement + "\0", StandardCharsets.UTF_8);
        out.writeShort(0).writeShort(0).writeShort(1).writeShort(1);
    }

    private static void bindInt(ByteBuf out, String statement, int value) {
        out.writeByte(FrontendType.BIND).writeInt(4 + 1 + statement.length() + 1 + 4 + 2 + 8 + 2);
        out.writeCharSequence("\0" + statement + "\0", StandardCharsets.UTF_8);
        out.writeShort(1)
                .writeShort(1)
                .writeShort(1)
                .writeInt(4)
                .writeInt(value)
                .writeShort(0);
    }
}
