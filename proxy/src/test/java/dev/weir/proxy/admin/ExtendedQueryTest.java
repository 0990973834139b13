package dev.weir.proxy.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.wire.FrontendType;
import dev.weir.proxy.wire.Messages;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The extended sub-protocol at the console.
final class ExtendedQueryTest {

    private static final String STATE = "RowDescription key:25t value:25t";

    private final FakePooler pooler = new FakePooler();
    private final ConsoleClient client = new ConsoleClient(pooler);

    @AfterEach
    void leaveNothingBehind() {
        client.close();
    }

    @Test
    void answersTheExtendedProtocol() {
        List<String> replies = client.send(out -> {
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
        List<String> replies = client.send(out -> {
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

        client.send(open);
        assertThat(client.send(fetch)).containsExactly("ERROR 34000 portal \"p\" does not exist", "ReadyForQuery I");

        client.send(out -> Messages.query(out, "BEGIN"));
        client.send(open);
        assertThat(client.send(fetch)).containsExactly("DataRow paused no", "PortalSuspended", "ReadyForQuery T");
    }

    @Test
    void answersInBinaryWhereAsked() {
        List<String> replies = client.send(out -> {
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
        List<String> replies = client.send(out -> {
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
        List<String> replies = client.send(out -> {
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
        List<String> replies = client.send(out -> {
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
        List<String> replies = client.send(out -> {
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
        List<String> replies = client.send(out -> {
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
