package dev.weir.proxy.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.testkit.LogLines;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Headers as the specification of the PROXY protocol writes them, each cut at every byte.
final class ProxyHeaderTest {

    private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";
    private static final String BEHIND = "what the client says";

    private final LogLines log = LogLines.of(ProxyHeader.class);
    private final StringBuilder seen = new StringBuilder();
    private EmbeddedChannel channel = connected();

    private EmbeddedChannel connected() {
        seen.setLength(0);
        EmbeddedChannel fresh = new EmbeddedChannel();
        fresh.freezeTime();
        ProxyHeader.expect(fresh, Duration.ofSeconds(60));
        fresh.pipeline().addLast(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelActive(ChannelHandlerContext context) {
                seen.append('[')
                        .append(PeerIdentity.describe(context.channel()))
                        .append(']');
            }

            @Override
            public void channelRead(ChannelHandlerContext context, Object message) {
                ByteBuf in = (ByteBuf) message;
                seen.append(in.toString(StandardCharsets.UTF_8));
                in.release();
            }
        });
        fresh.pipeline().fireChannelActive();
        return fresh;
    }

    @AfterEach
    void close() {
        channel.finishAndReleaseAll();
        log.close();
    }

    private static byte[] header(String text) {
        return text.startsWith("PROXY")
                ? (text + "\r\n").getBytes(StandardCharsets.US_ASCII)
                : HexFormat.of().parseHex(SIGNATURE + text.replace(" ", ""));
    }

    private void send(byte[] bytes) {
        channel.writeInbound(Unpooled.copiedBuffer(bytes));
    }

    @ParameterizedTest
    @CsvSource({
        "PROXY TCP4 192.0.2.7 10.0.0.1 56324 6432, 192.0.2.7:56324",
        "PROXY TCP6 2001:db8::7 ::1 65535 6432, [2001:db8:0:0:0:0:0:7]:65535",
        "PROXY UNKNOWN, unix",
        "PROXY UNKNOWN 192.0.2.7 10.0.0.1 56324 6432, unix",
        "21 11 000c c0000207 0a000001 dc04 1920, 192.0.2.7:56324",
        "21 21 0024 20010db8000000000000000000000007 00000000000000000000000000000001 ffff 1920,"
                + " [2001:db8:0:0:0:0:0:7]:65535",
        "20 00 0000, unix",
        "20 11 000c c0000207 0a000001 dc04 1920, unix",
        "21 00 0000, unix",
        "21 11 0013 c0000207 0a000001 dc04 1920 04 0004 61626364, 192.0.2.7:56324"
    })
    void theClientsAddressIsThatOfTheHeaderWhereverItIsCut(String text, String client) {
        byte[] whole =
                ByteBufUtil.getBytes(Unpooled.wrappedBuffer(header(text), BEHIND.getBytes(StandardCharsets.UTF_8)));
        for (int cut = 0; cut <= whole.length; cut++) {
            channel = connected();
            send(Arrays.copyOf(whole, cut));
            send(Arrays.copyOfRange(whole, cut, whole.length));
            assertThat(seen.toString()).as("cut at " + cut).isEqualTo("[" + client + "]" + BEHIND);
            assertThat(channel.pipeline().names()).hasSize(2); // the last one, and the channel's own
            channel.finishAndReleaseAll();
        }
    }

    @Test
    void byteByByteIsEnough() {
        for (byte each : header("PROXY TCP4 192.0.2.7 10.0.0.1 56324 6432")) {
            assertThat(seen).isEmpty();
            send(new byte[] {each});
        }
        assertThat(seen).hasToString("[192.0.2.7:56324]");
        assertThat(channel.isOpen()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\r\n\r\n",
                "\0\0\0\10\4\322\26/",
                "PROXY TCP4 192.0.2.7 10.0.0.1 56324\r\n",
                "PROXY TCP4 192.0.2.300 10.0.0.1 56324 6432\r\n",
                "PROXY TCP4 192.0.2.7 10.0.0.1 -1 6432\r\n",
                "PROXY SCTP 192.0.2.7 10.0.0.1 56324 6432\r\n",
                "\r\n\r\n\0\r\nNOPE\n!!!!!!!!!!"
            })
    void whatIsNoHeaderEndsTheConnection(String text) {
        send(text.getBytes(StandardCharsets.ISO_8859_1));
        assertThat(channel.isOpen()).isFalse();
        assertThat(seen).isEmpty();
        assertThat(log.lines()).hasSize(1).first().asString().contains("PROXY protocol header");
    }

    @Test
    void aHeaderThatNeverEndsIsNotReadForEver() {
        send(("PROXY TCP4 " + "1".repeat(200)).getBytes(StandardCharsets.US_ASCII));
        assertThat(channel.isOpen()).isFalse();
        assertThat(seen).isEmpty();
    }

    @Test
    void aHeaderThatDoesNotComeIsNotAwaitedForEver() {
        send("PROXY TCP4".getBytes(StandardCharsets.US_ASCII));
        channel.advanceTimeBy(61, TimeUnit.SECONDS);
        channel.runScheduledPendingTasks();
        assertThat(channel.isOpen()).isFalse();
        assertThat(log.lines()).containsExactly("WARN client_login_timeout, waiting for a PROXY protocol header");
    }

    @Test
    void whoLeavesBeforeItsHeaderHasNeverBeenThere() {
        channel.close();
        channel.advanceTimeBy(61, TimeUnit.SECONDS);
        channel.runScheduledPendingTasks();
        assertThat(seen).isEmpty();
        assertThat(log.lines()).isEmpty();
    }
}
