package dev.weir.proxy.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.config.WeirConfig;
import dev.weir.config.check.ConfigLoader;
import dev.weir.proxy.wire.Messages;
import dev.weir.proxy.wire.PgError;
import dev.weir.proxy.wire.SqlState;
import dev.weir.proxy.wire.TransactionStatus;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// What a successor makes of those who answer where its predecessor should. The way that goes well is for RestartIT.
@EnabledOnOs(OS.LINUX)
final class TakeOverTest {

    private static final int PORT = 6432;

    /// What the console sends at a time.
    private interface Answer {
        void write(ByteBuf out);
    }

    @TempDir
    private Path directory;

    @Test
    void nobodyIsNoReasonToFail() throws Exception {
        assertThat(TakeOver.begin(config())).isEmpty();
        try (ServerSocketChannel dead = listen()) {
            assertThat(dead.isOpen()).isTrue();
        }
        assertThat(TakeOver.begin(config())).isEmpty();
    }

    @Test
    void takesNothingFromAnotherPooler() throws Exception {
        assertRefused(
                "it is PgBouncer 1.25.2, not Weir",
                TakeOverTest::welcome,
                out -> row(out, "PgBouncer 1.25.2"),
                out -> {});
    }

    @Test
    void needsSockets() throws Exception {
        assertRefused("it gives no sockets away", TakeOverTest::welcome, out -> row(out, "Weir 1.0"), out -> {
            Messages.commandComplete(out, "SHOW");
            Messages.readyForQuery(out, TransactionStatus.IDLE);
        });
    }

    @Test
    void hearsRefusals() throws Exception {
        assertRefused("asks for a password", Messages::authenticationCleartextPassword);
        assertRefused(
                "not allowed",
                out -> PgError.fatal(SqlState.PROTOCOL_VIOLATION, "not allowed").write(out));
        assertRefused("admin access needed", TakeOverTest::welcome, out -> {
            PgError.error(SqlState.PROTOCOL_VIOLATION, "admin access needed").write(out);
            Messages.readyForQuery(out, TransactionStatus.IDLE);
        });
    }

    @Test
    void survivesNonsense() throws Exception {
        assertRefused("it has closed the connection");
        assertRefused("it does not speak as PostgreSQL does", out -> out.writeZero(20));
        assertRefused(
                "it does not speak as PostgreSQL does",
                out -> out.writeByte('R').writeInt(Integer.MAX_VALUE).writeInt(0));
        assertRefused(
                "it does not speak as PostgreSQL does",
                TakeOverTest::welcome,
                out -> out.writeByte('D').writeInt(10).writeShort(1).writeInt(1000));
        assertRefused("it answers nothing", TakeOverTest::welcome, out -> {
            Messages.commandComplete(out, "SHOW");
            Messages.readyForQuery(out, TransactionStatus.IDLE);
        });
    }

    private static void welcome(ByteBuf out) {
        Messages.authenticationOk(out);
        Messages.parameterStatus(out, "server_version", "1.25.2/bouncer");
        Messages.backendKeyData(out, 1, new byte[4]);
        Messages.readyForQuery(out, TransactionStatus.IDLE);
    }

    private static void row(ByteBuf out, String value) {
        Messages.dataRow(out, List.of(value));
        Messages.commandComplete(out, "SHOW");
        Messages.readyForQuery(out, TransactionStatus.IDLE);
    }

    /// A console that gives these answers, one to each packet, and closes.
    private void assertRefused(String reason, Answer... answers) throws Exception {
        Path socket = directory.resolve(".s.PGSQL." + PORT);
        try (ServerSocketChannel server = listen()) {
            Thread console = Thread.ofVirtual().start(() -> answer(server, answers));
            assertThatThrownBy(() -> TakeOver.begin(config()))
                    .isInstanceOf(StartupFailed.class)
                    .hasMessageContaining("cannot take over from the process at " + socket)
                    .hasMessageContaining(reason);
            console.join();
        } finally {
            Files.deleteIfExists(socket);
        }
    }

    private static void answer(ServerSocketChannel server, Answer[] answers) {
        try (SocketChannel channel = server.accept()) {
            ByteBuffer packet = ByteBuffer.allocate(1000);
            for (Answer answer : answers) {
                if (channel.read(packet.clear()) < 0) {
                    return;
                }
                ByteBuf out = Unpooled.buffer();
                answer.write(out);
                channel.write(ByteBuffer.wrap(ByteBufUtil.getBytes(out)));
            }
            channel.read(packet.clear());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private ServerSocketChannel listen() throws IOException {
        Files.deleteIfExists(directory.resolve(".s.PGSQL." + PORT));
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(directory.resolve(".s.PGSQL." + PORT)));
        return server;
    }

    private WeirConfig config() throws IOException {
        Path file = Files.writeString(
                directory.resolve("weir.ini"),
                "[pgbouncer]\nauth_type = trust\nunix_socket_dir = %s\nlisten_port = %d\n[databases]\n"
                        .formatted(directory, PORT),
                StandardCharsets.UTF_8);
        return Objects.requireNonNull(ConfigLoader.load(file, Map.of()).config());
    }
}
