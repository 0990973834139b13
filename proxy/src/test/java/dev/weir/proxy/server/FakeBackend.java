package dev.weir.proxy.server;

import dev.weir.proxy.auth.ScramKeyCache;
import dev.weir.proxy.net.SocketOptions;
import dev.weir.proxy.wire.Messages;
import dev.weir.proxy.wire.PgError;
import dev.weir.proxy.wire.SqlState;
import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;

/** PostgreSQL's end of one server connection, played by the test on the test's own thread. */
public final class FakeBackend {

    private final ServerConnection server;
    private final EmbeddedChannel channel;

    private FakeBackend(ServerConnection server, EmbeddedChannel channel) {
        this.server = server;
        this.channel = channel;
    }

    /** Accepts a connection; the login has begun and nothing was answered yet. */
    public static FakeBackend accept(ServerConnection server, EmbeddedChannel channel) {
        SecureRandom random = new SecureRandom();
        ServerLogin login = new ServerLogin(server, channel, new ScramKeyCache(1, random), random, Runnable::run);
        ServerInbound inbound = new ServerInbound(server, channel.alloc());
        SocketOptions options = new SocketOptions(false, Duration.ZERO, Duration.ZERO, 0, Duration.ZERO, 0);
        server.onChannel(channel, inbound);
        channel.pipeline().addLast(new ServerHandler(server, inbound, login, options));
        channel.pipeline().fireChannelActive();
        FakeBackend backend = new FakeBackend(server, channel);
        backend.sent();
        return backend;
    }

    /** Accepts a connection as the pool's connector hands it over, on a channel of its own. */
    public static FakeBackend accept(ServerConnection server) {
        server.onOpening();
        return accept(server, new EmbeddedChannel());
    }

    /** Lets it in without a password; what it sends at once is not looked at. */
    public void letIn() {
        admit();
        sent();
    }

    /** Lets it in without a password. */
    public void admit() {
        receive(ServerConversation.bytes(FakeBackend::welcome));
    }

    /** What PostgreSQL says to whom it lets in. */
    static void welcome(ByteBuf out) {
        Messages.authenticationOk(out);
        Messages.parameterStatus(out, "TimeZone", "UTC");
        Messages.backendKeyData(out, 7, new byte[] {1, 2, 3, 4});
        Messages.readyForQuery(out, (byte) 'I');
    }

    /** Refuses the login with a FATAL error. */
    public void refuse(SqlState state, String message) {
        receive(ServerConversation.bytes(out -> PgError.fatal(state, message).write(out)));
        channel.close();
    }

    /** PostgreSQL says this. */
    public void receive(byte[] bytes) {
        if (channel.isOpen() && bytes.length > 0) {
            channel.writeInbound(channel.alloc().buffer().writeBytes(bytes));
        }
    }

    /** PostgreSQL closes. */
    public void hangUp() {
        channel.close();
    }

    /** The other end. */
    public ServerConnection server() {
        return server;
    }

    public boolean isOpen() {
        return channel.isOpen();
    }

    /** What was sent to PostgreSQL since the last call, as text. */
    public String sent() {
        StringBuilder sent = new StringBuilder();
        for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
            sent.append(out.toString(StandardCharsets.ISO_8859_1));
            out.release();
        }
        return sent.toString();
    }

    /** Ends it; a failure in the channel fails. */
    public void close() {
        server.close("end of test");
        channel.checkException();
        channel.finishAndReleaseAll();
    }
}
