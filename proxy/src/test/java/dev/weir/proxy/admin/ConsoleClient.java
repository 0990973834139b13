package dev.weir.proxy.admin;

import dev.weir.console.ConsoleUser;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// An admin at the console, without a network in between.
final class ConsoleClient implements AutoCloseable {

    private final ConsoleHandler handler;
    private final EmbeddedChannel channel;

    ConsoleClient(FakePooler pooler) {
        handler = new ConsoleHandler(pooler.console, new ConsoleUser("root", true), error -> {});
        channel = new EmbeddedChannel(handler);
    }

    /// Sends messages and tells what came back.
    List<String> send(Consumer<ByteBuf> messages) {
        ByteBuf bytes = Unpooled.buffer();
        messages.accept(bytes);
        send(bytes);
        return received();
    }

    /// Sends bytes as one piece; they are released.
    void send(ByteBuf bytes) {
        channel.writeInbound(bytes);
        channel.runPendingTasks();
    }

    /// What came since the last time, a line for each message.
    List<String> received() {
        channel.runPendingTasks();
        List<String> lines = new ArrayList<>();
        for (ByteBuf sent = channel.readOutbound(); sent != null; sent = channel.readOutbound()) {
            lines.addAll(Transcript.of(sent));
        }
        return lines;
    }

    /// A cancel request for this session.
    void cancel() {
        handler.cancel();
    }

    /// The connection breaks.
    void vanish() {
        var _ = channel.close();
        channel.runPendingTasks();
    }

    boolean isOpen() {
        return channel.isOpen();
    }

    /// Whether bytes that arrive are taken from the socket.
    boolean isRead() {
        return channel.config().isAutoRead();
    }

    @Override
    public void close() {
        channel.finishAndReleaseAll();
    }
}
