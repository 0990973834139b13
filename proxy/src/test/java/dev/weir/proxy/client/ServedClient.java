package dev.weir.proxy.client;

import dev.weir.proxy.server.FakeBackend;
import dev.weir.proxy.server.ServerConnection;
import dev.weir.proxy.server.ServerState;
import dev.weir.proxy.testkit.Frontend;
import dev.weir.proxy.testkit.Message;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A client that is logged in, and the servers of its pool, all played by the test. */
final class ServedClient implements AutoCloseable {

    static final byte[] PARSED = Frontend.message('1');
    static final byte[] BOUND = Frontend.message('2');
    static final byte[] CLOSED = Frontend.message('3');
    static final byte[] IDLE = ready('I');
    static final byte[] IN_TRANSACTION = ready('T');
    static final byte[] FAILED = ready('E');

    final ClientConversation client;

    private ServedClient(String lines) {
        client = new ClientConversation(
                "auth_type = trust\nfunction_survey_interval = 0\n" + lines + "\n[databases]\ndb = host=127.0.0.1\n");
        client.send(ClientConversation.STARTUP);
        client.letIn();
        client.messages();
        server().sent();
    }

    /** In transaction mode. */
    static ServedClient start() {
        return start("pool_mode = transaction");
    }

    /** @param lines of the section {@code [pgbouncer]} */
    static ServedClient start(String lines) {
        return new ServedClient(lines);
    }

    private static byte[] ready(char status) {
        return Frontend.message('Z', new byte[] {(byte) status});
    }

    static byte[] complete(String tag) {
        return Frontend.message('C', Frontend.cString(tag));
    }

    static byte[] error(String severity, String sqlState) {
        return Frontend.message(
                'E',
                Frontend.cString("S" + severity),
                Frontend.cString("V" + severity),
                Frontend.cString("C" + sqlState),
                Frontend.cString("Mon purpose"),
                new byte[1]);
    }

    /** The server that was connected to last. */
    FakeBackend server() {
        return client.pools.backends.getLast();
    }

    /** The client sends this. */
    ServedClient send(byte[]... bytes) {
        client.send(bytes);
        client.pools.run();
        return this;
    }

    /** The client sends this in two pieces. */
    ServedClient sendCut(byte[] bytes, int at) {
        send(Arrays.copyOf(bytes, at));
        return send(Arrays.copyOfRange(bytes, at, bytes.length));
    }

    /** The last server says this. */
    ServedClient say(byte[]... bytes) {
        server().receive(Frontend.concat(bytes));
        client.pools.run();
        return this;
    }

    /** The last server lets the pooler in, if it is asked to. */
    ServedClient letIn() {
        if (server().server().state() == ServerState.LOGGING_IN) {
            server().admit();
        }
        client.pools.run();
        return this;
    }

    /** The server is gone; the next one knows nothing. */
    ServedClient loseServer() {
        server().hangUp();
        client.pools.run();
        return this;
    }

    /**
     * What the last server got since the last call: types, and what can be read of the rest; the pooler's names of statements
     * without their numbers.
     */
    List<String> asked() {
        return messages(server().sent().getBytes(StandardCharsets.ISO_8859_1)).stream()
                .map(message -> message.type() + " " + text(message))
                .map(String::strip)
                .toList();
    }

    private static String text(Message message) {
        return new String(message.body(), StandardCharsets.ISO_8859_1)
                .replaceAll("[^\\x20-\\x7e]+", " ")
                .replaceAll("weir_[0-9a-f]{8}_\\d+", "weir_N")
                .strip();
    }

    private static List<Message> messages(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        List<Message> messages = new ArrayList<>();
        while (in.hasRemaining()) {
            char type = (char) in.get();
            byte[] body = new byte[in.getInt() - Integer.BYTES];
            in.get(body);
            messages.add(new Message(type, body));
        }
        return messages;
    }

    /** Types of the messages that the client got since the last call. */
    String heard() {
        return client.types();
    }

    /** The server that serves the client, null for none. */
    @Nullable
    ServerConnection linked() {
        return session().server();
    }

    ClientSession session() {
        return client.clients.sessions(client.worker()).iterator().next();
    }

    @Override
    public void close() {
        client.close();
    }
}
