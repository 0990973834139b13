package dev.weir.proxy.server;

import dev.weir.config.ServerAddress;
import dev.weir.proxy.net.EmbeddedWorkers;
import dev.weir.proxy.statement.ServerStatements;
import dev.weir.proxy.statement.StatementTexts;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** One server connection whose PostgreSQL is the test: it says what the test writes, cut into pieces as the test likes. */
final class ServerConversation implements AutoCloseable {

    final StatementTexts texts = new StatementTexts(() -> 0L);
    final FakeOwner owner;
    final FakeUser user = new FakeUser();
    final ServerConnection server;
    /** What is to be run when a cancel request was delivered. */
    final List<Runnable> cancels = new ArrayList<>();

    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false);
    private final FakeBackend backend;

    ServerConversation() {
        EmbeddedChannel channel = new EmbeddedChannel();
        channel.config().setAllocator(allocator);
        owner = new FakeOwner(EmbeddedWorkers.of(channel));
        ServerTarget target = new ServerTarget(
                "pool", new ServerAddress.Tcp("localhost", 5432), "db", "role", ServerCredentials.NONE, Map.of(), "");
        server = new ServerConnection(
                ServerIdentity.now(1, target, 0),
                owner,
                new ServerStatements(texts, () -> "schema"),
                (cancelled, sent, delivered) -> cancels.add(delivered));
        backend = FakeBackend.accept(server, channel);
    }

    /** A conversation whose server is logged in and idle. */
    static ServerConversation idle() {
        ServerConversation conversation = new ServerConversation();
        conversation.receive(loginAnswers());
        conversation.owner.events.clear();
        return conversation;
    }

    /** A conversation whose server serves its user. */
    static ServerConversation linked() {
        ServerConversation conversation = idle();
        conversation.server.link(conversation.user);
        conversation.user.events.clear();
        conversation.owner.events.clear();
        return conversation;
    }

    static byte[] loginAnswers() {
        return bytes(FakeBackend::welcome);
    }

    static byte[] bytes(Consumer<ByteBuf> writer) {
        ByteBuf out = UnpooledByteBufAllocator.DEFAULT.heapBuffer();
        try {
            writer.accept(out);
            return ByteBufUtil.getBytes(out);
        } finally {
            out.release();
        }
    }

    static String hex(Consumer<ByteBuf> writer) {
        return ByteBufUtil.hexDump(bytes(writer));
    }

    /** Notes messages as sent for the user. */
    ServerConversation expect(byte action, byte... kinds) {
        for (byte kind : kinds) {
            server.expectations().add(kind, action);
        }
        return this;
    }

    /** PostgreSQL says this, cut in front of the given positions. */
    void receive(byte[] bytes, int... cuts) {
        int start = 0;
        for (int cut : cuts) {
            receive(bytes, start, cut);
            start = cut;
        }
        receive(bytes, start, bytes.length);
    }

    private void receive(byte[] bytes, int start, int end) {
        backend.receive(Arrays.copyOfRange(bytes, start, end));
    }

    void receive(Consumer<ByteBuf> writer) {
        receive(bytes(writer));
    }

    /** PostgreSQL closes. */
    void hangUp() {
        backend.hangUp();
    }

    boolean isOpen() {
        return backend.isOpen();
    }

    /** What was sent to PostgreSQL since the last call, as text. */
    String sent() {
        return backend.sent();
    }

    /** Ends it; every buffer must have been let go. */
    @Override
    public void close() {
        backend.close();
        if (allocator.metric().usedHeapMemory() != 0) {
            throw new AssertionError(allocator.metric().usedHeapMemory() + " bytes were not released");
        }
    }
}
