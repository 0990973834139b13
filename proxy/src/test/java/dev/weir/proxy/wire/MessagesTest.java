package dev.weir.proxy.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class MessagesTest {
    private static final byte[] SALT = {1, 2, 3, 4};

    static List<Arguments> messages() {
        return List.of(
                message("R 00000008 00000000", Messages::authenticationOk),
                message("R 00000008 00000003", Messages::authenticationCleartextPassword),
                message("R 0000000c 00000005 01020304", out -> Messages.authenticationMd5Password(out, SALT)),
                message("R 0000000d 0000000a 4100 4200 00", out -> Messages.authenticationSasl(out, List.of("A", "B"))),
                message("R 0000000a 0000000b 6162", out -> Messages.authenticationSaslContinue(out, ascii("ab"))),
                message("R 0000000a 0000000c 6162", out -> Messages.authenticationSaslFinal(out, ascii("ab"))),
                message("S 00000009 6100 c3a400", out -> Messages.parameterStatus(out, "a", "ä")),
                message("K 0000000c 00000007 01020304", out -> Messages.backendKeyData(out, 7, SALT)),
                message("Z 00000005 49", out -> Messages.readyForQuery(out, TransactionStatus.IDLE)),
                message(
                        "v 0000000e 00030002 00000001 6100",
                        out -> Messages.negotiateProtocolVersion(out, Messages.PROTOCOL_3_2, List.of("a"))),
                message("1 00000004", Messages::parseComplete),
                message("2 00000004", Messages::bindComplete),
                message("3 00000004", Messages::closeComplete),
                message("n 00000004", Messages::noData),
                message("s 00000004", Messages::portalSuspended),
                message("I 00000004", Messages::emptyQueryResponse),
                message("C 00000009 53484f5700", out -> Messages.commandComplete(out, "SHOW")),
                message(
                        "T 0000001a 0001 6e00 00000000 0000 00000017 0004 ffffffff 0000",
                        out -> Messages.rowDescription(out, List.of("n"), TypeOid.INT4)),
                message("D 0000000f 0002 ffffffff 00000001 31", out -> Messages.dataRow(out, Arrays.asList(null, "1"))),
                message("t 0000000a 0001 00000019", out -> Messages.parameterDescription(out, TypeOid.TEXT)),
                message("Q 00000007 3b3b00", out -> Messages.query(out, ";;")),
                message("P 0000000e 7300 3b00 0001 00000017", out -> Messages.parse(out, "s", ";", TypeOid.INT4)),
                message(
                        "B 00000012 00 7300 0000 0001 00000001 78 0000",
                        out -> Messages.bind(out, "", "s", List.of("x"))),
                message("D 00000007 53 7300", out -> Messages.describe(out, 'S', "s")),
                message("E 00000009 00 00000005", out -> Messages.execute(out, "", 5)),
                message("C 00000007 50 7000", out -> Messages.close(out, 'P', "p")),
                message("S 00000004", Messages::sync),
                message("H 00000004", Messages::flush),
                message("X 00000004", Messages::terminate),
                message("d 00000006 6162", out -> Messages.copyData(out, ascii("ab"))),
                message("c 00000004", Messages::copyDone),
                message("f 00000006 6e00", out -> Messages.copyFail(out, "n")),
                message("p 00000006 7000", out -> Messages.passwordMessage(out, "p")),
                message("p 00000006 ff00", out -> Messages.passwordMessage(out, new byte[] {(byte) 0xff})),
                message("p 0000000b 5300 00000001 78", out -> Messages.saslInitialResponse(out, "S", ascii("x"))),
                message("p 00000005 78", out -> Messages.saslResponse(out, ascii("x"))));
    }

    private static Arguments message(String bytes, Consumer<ByteBuf> writer) {
        return Arguments.of(bytes, writer);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("messages")
    void writesEveryMessageByteByByteBehindWhatIsThere(String bytes, Consumer<ByteBuf> writer) {
        ByteBuf out = Unpooled.buffer(2).writeByte(0x7f);
        writer.accept(out);
        assertThat(out.readByte()).isEqualTo((byte) 0x7f);
        assertThat((char) out.readByte()).isEqualTo(bytes.charAt(0));
        assertThat(out.getInt(out.readerIndex())).as("length").isEqualTo(out.readableBytes());
        assertThat(ByteBufUtil.hexDump(out)).isEqualTo(bytes.substring(1).replace(" ", ""));
        out.release();
    }

    @Test
    void writesThePacketsWithoutType() {
        assertThat(hex(Messages::sslRequest)).isEqualTo("0000000804d2162f");
        assertThat(hex(Messages::gssEncRequest)).isEqualTo("0000000804d21630");
        assertThat(hex(out -> Messages.cancelRequest(out, 7, SALT))).isEqualTo("0000001004d2162e0000000701020304");
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("user", "u");
        parameters.put("a", "");
        assertThat(hex(out -> Messages.startup(out, Messages.PROTOCOL_3_0, parameters)))
                .isEqualTo("00000013" + "00030000" + "7573657200" + "7500" + "6100" + "00" + "00");
    }

    @Test
    void describesColumnsByTheirTypesLength() {
        ByteBuf out = Unpooled.buffer();
        int[] oids = {TypeOid.BOOL, TypeOid.INT4, TypeOid.INT8, TypeOid.TIMESTAMPTZ, TypeOid.TEXT, TypeOid.NUMERIC};
        Messages.rowDescription(out, List.of("", "", "", "", "", ""), oids);
        int[] lengths = new int[oids.length];
        for (int column = 0; column < oids.length; column++) {
            lengths[column] = out.getShort(7 + column * 19 + 11);
        }
        assertThat(lengths).containsExactly(1, 4, 8, 8, -1, -1);
        out.release();
    }

    static List<Consumer<ByteBuf>> impossible() {
        return List.of(
                out -> Messages.query(out, "select\0"),
                out -> Messages.parse(out, "a\0b", ""),
                out -> Messages.parameterStatus(out, "a", "\0"),
                out -> Messages.describe(out, 'S', "\0"),
                out -> Messages.passwordMessage(out, "\0"),
                out -> Messages.passwordMessage(out, new byte[] {0}),
                out -> Messages.startup(out, Messages.PROTOCOL_3_0, Map.of("a", "x\0user\0y")),
                out -> Messages.startup(out, Messages.PROTOCOL_3_0, Map.of("", "x")),
                out -> Messages.describe(out, 'X', ""),
                out -> Messages.backendKeyData(out, 1, new byte[3]),
                out -> Messages.backendKeyData(out, 1, new byte[257]),
                out -> Messages.cancelRequest(out, 1, new byte[0]),
                out -> Messages.authenticationMd5Password(out, new byte[5]),
                out -> Messages.parameterDescription(out, new int[65_536]),
                out -> Messages.rowDescription(out, List.of("a"), 1, 2));
    }

    @ParameterizedTest
    @MethodSource("impossible")
    void refusesWhatTheProtocolCannotCarry(Consumer<ByteBuf> writer) {
        ByteBuf out = Unpooled.buffer();
        assertThatThrownBy(() -> writer.accept(out)).isInstanceOf(IllegalArgumentException.class);
        out.release();
    }

    @Test
    void namesEveryTypeByteOnceAndShowsUnknownOnes() {
        for (int type = 0; type < 256; type++) {
            assertThat(BackendType.name((byte) type)).isNotBlank();
            assertThat(FrontendType.name((byte) type)).isNotBlank();
        }
        assertThat(FrontendType.name(FrontendType.SYNC)).isEqualTo("Sync");
        assertThat(BackendType.name(BackendType.PARAMETER_STATUS)).isEqualTo("ParameterStatus");
        assertThat(FrontendType.name((byte) 'z')).isEqualTo("'z' (0x7a)");
        assertThat(BackendType.name((byte) 0xff)).isEqualTo("0xff");
    }

    private static String hex(Consumer<ByteBuf> writer) {
        ByteBuf out = Unpooled.buffer();
        try {
            writer.accept(out);
            return ByteBufUtil.hexDump(out);
        } finally {
            out.release();
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(US_ASCII);
    }
}
