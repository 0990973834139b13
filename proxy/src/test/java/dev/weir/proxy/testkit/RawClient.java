package dev.weir.proxy.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A client that speaks the protocol by hand over a blocking socket: sends any bytes, reads whole messages, fails with
/// an
/// `AssertionError` when nothing comes. Knows nothing of the pooler's code. For one thread at a time.
public final class RawClient implements AutoCloseable {
    private static final int LARGEST_MESSAGE = 1 << 30;
    private static final int LATEST_KEPT = 8;

    private final Endpoint endpoint;
    private final Wire wire;
    private final Map<String, String> parameters = new LinkedHashMap<>();
    private final List<Message> transcript = new ArrayList<>();
    private final Deque<Message> latest = new ArrayDeque<>();
    private byte[] backendKeyData = new byte[0];
    private char status = '?';
    private boolean recording;

    private RawClient(Endpoint endpoint) {
        this.endpoint = endpoint;
        try {
            this.wire = new Wire(endpoint);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot connect to " + endpoint, e);
        }
    }

    /// A connection on which nothing has been said yet.
    public static RawClient open(Endpoint endpoint) {
        return new RawClient(endpoint);
    }

    /// A client that is logged in and ready; an error at login fails.
    public static RawClient connect(Endpoint endpoint, Login login) {
        RawClient client = new RawClient(endpoint);
        try {
            client.login(login);
            return client;
        } catch (RuntimeException | Error e) {
            client.vanish();
            throw e;
        }
    }

    /// Sends the StartupMessage, answers what is asked and reads up to ReadyForQuery.
    ///
    /// @return the messages of the server in that time
    public List<Message> login(Login login) {
        send(login.startupMessage());
        return authenticate(login);
    }

    /// Answers authentication requests and reads up to ReadyForQuery; an ErrorResponse fails.
    public List<Message> authenticate(Login login) {
        List<Message> seen = tryAuthenticate(login);
        Message last = seen.getLast();
        if (last.type() != 'Z') {
            throw new AssertionError("login of " + login + " refused: " + last);
        }
        return seen;
    }

    /// Logs in and returns what came, ending in ReadyForQuery or in the ErrorResponse that refused it.
    public List<Message> tryLogin(Login login) {
        send(login.startupMessage());
        return tryAuthenticate(login);
    }

    private List<Message> tryAuthenticate(Login login) {
        List<Message> seen = new ArrayList<>();
        Credentials credentials = new Credentials(login);
        while (true) {
            Message message = read();
            seen.add(message);
            if (message.type() == 'Z' || message.type() == 'E') {
                return seen;
            }
            if (message.type() == 'R') {
                byte[] answer = credentials.answer(message);
                if (answer.length > 0) {
                    send(answer);
                }
            }
        }
    }

    /// Sends these bytes, whatever they are.
    public RawClient send(byte[]... bytes) {
        try {
            wire.send(Frontend.concat(bytes));
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Like [#send], but a connection that the peer has already closed is no error.
    public RawClient sendIfOpen(byte[]... bytes) {
        try {
            wire.send(Frontend.concat(bytes));
        } catch (IOException e) {
            // The test goes on to look at what the peer said before it closed.
            status = '?';
        }
        return this;
    }

    /// How many bytes were sent since [#delivery] was last called.
    public long sentBytes() {
        return wire.sentBytes();
    }

    /// How what is sent from now on is cut into pieces; positions count from here.
    public RawClient delivery(Delivery delivery) {
        wire.delivery(delivery);
        return this;
    }

    /// How long one read or write may take before it fails; 20 seconds unless told.
    public RawClient deadline(Duration deadline) {
        wire.deadline(deadline);
        return this;
    }

    /// The next message. The end of the connection fails.
    public Message read() {
        Message message = readOrEnd();
        if (message == null) {
            throw new AssertionError("connection closed by the peer, a message was expected after " + latest);
        }
        return message;
    }

    /// The next message, or null when the peer has closed.
    public @Nullable Message readOrEnd() {
        try {
            int type = wire.read();
            if (type < 0) {
                return null;
            }
            byte[] length = new byte[4];
            wire.readFully(length);
            int bytes = ByteBuffer.wrap(length).getInt();
            if (bytes < 4 || bytes > LARGEST_MESSAGE) {
                throw new AssertionError("message of type " + (char) type + " with length " + bytes);
            }
            byte[] body = new byte[bytes - 4];
            wire.readFully(body);
            return note(new Message((char) type, body));
        } catch (IOException e) {
            return null;
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + ", last seen: " + latest, e);
        }
    }

    private Message note(Message message) {
        latest.addLast(message);
        if (latest.size() > LATEST_KEPT) {
            latest.removeFirst();
        }
        switch (message.type()) {
            case 'S' -> {
                ByteBuffer body = ByteBuffer.wrap(message.body());
                parameters.put(Message.cString(body), Message.cString(body));
            }
            case 'K' -> backendKeyData = message.body();
            case 'Z' -> status = message.transactionStatus();
            default -> {}
        }
        if (recording) {
            transcript.add(message);
        }
        return message;
    }

    /// Everything up to and with the next ReadyForQuery.
    public List<Message> readUntilReady() {
        List<Message> seen = new ArrayList<>();
        do {
            seen.add(read());
        } while (seen.getLast().type() != 'Z');
        return seen;
    }

    /// Everything up to `count` ReadyForQuery.
    public List<Message> readUntilReady(int count) {
        List<Message> seen = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            seen.addAll(readUntilReady());
        }
        return seen;
    }

    /// Everything until a message of this type has come.
    public List<Message> readUntil(char type) {
        List<Message> seen = new ArrayList<>();
        do {
            seen.add(read());
        } while (seen.getLast().type() != type);
        return seen;
    }

    /// Exactly messages of these types, one letter each, in this order. Asynchronous ParameterStatus and NoticeResponse
    /// count like any other.
    public List<Message> expect(String types) {
        List<Message> seen = new ArrayList<>();
        for (int i = 0; i < types.length(); i++) {
            Message message = read();
            seen.add(message);
            if (message.type() != types.charAt(i)) {
                throw new AssertionError("expected " + types + ", got " + seen);
            }
        }
        return seen;
    }

    /// The messages up to the end of the connection, which must come.
    public List<Message> readToEnd() {
        List<Message> seen = new ArrayList<>();
        for (Message message = readOrEnd(); message != null; message = readOrEnd()) {
            seen.add(message);
        }
        return seen;
    }

    /// Reads to the end of the connection and returns its last message, which must be a FATAL error.
    public Message expectFatal() {
        List<Message> seen = readToEnd();
        if (seen.isEmpty() || seen.getLast().type() != 'E') {
            throw new AssertionError("expected a FATAL error and the end, got " + seen);
        }
        Message last = seen.getLast();
        if (!last.severity().equals("FATAL")) {
            throw new AssertionError("expected severity FATAL, got " + last);
        }
        return last;
    }

    /// Whether bytes or the end of the connection arrive within a time.
    public boolean hasNews(Duration within) {
        try {
            return wire.hasNews(within);
        } catch (IOException e) {
            return true;
        }
    }

    /// Sends a Query and reads its answer up to ReadyForQuery.
    public List<Message> query(String sql) {
        send(Frontend.query(sql));
        return readUntilReady();
    }

    /// Sends a Query that must succeed.
    public RawClient run(String sql) {
        for (Message message : query(sql)) {
            if (message.type() == 'E') {
                throw new AssertionError(sql + ": " + message);
            }
        }
        return this;
    }

    /// The rows of a Query that must succeed.
    public List<List<@Nullable String>> rows(String sql) {
        List<List<@Nullable String>> rows = new ArrayList<>();
        for (Message message : query(sql)) {
            if (message.type() == 'E') {
                throw new AssertionError(sql + ": " + message);
            }
            if (message.type() == 'D') {
                rows.add(message.columns());
            }
        }
        return rows;
    }

    /// The first column of the only row of a Query that must succeed.
    public String value(String sql) {
        List<List<@Nullable String>> rows = rows(sql);
        if (rows.size() != 1) {
            throw new AssertionError(sql + ": one row expected, got " + rows);
        }
        return String.valueOf(rows.getFirst().getFirst());
    }

    /// The error that a Query must end in.
    public Message error(String sql) {
        return query(sql).stream()
                .filter(message -> message.type() == 'E')
                .findFirst()
                .orElseThrow(() -> new AssertionError(sql + ": an error was expected"));
    }

    /// Sends one unnamed Parse, Bind, Describe, Execute, Sync and reads the answer.
    public List<Message> extended(String sql, @Nullable String... values) {
        send(Frontend.unnamed(sql, values), Frontend.sync());
        return readUntilReady();
    }

    /// Asks over a connection of its own to cancel what this client runs, and waits until the server has closed it.
    public void cancel() {
        try (RawClient messenger = open(endpoint)) {
            messenger.send(Frontend.cancelRequest(backendKeyData));
            List<Message> answer = messenger.readToEnd();
            if (!answer.isEmpty()) {
                throw new AssertionError("a cancel request has no answer, got " + answer);
            }
        }
    }

    /// The body of the BackendKeyData of the login.
    public byte[] backendKeyData() {
        return backendKeyData.clone();
    }

    /// The last value of each reported parameter.
    public Map<String, String> parameters() {
        return parameters;
    }

    /// The transaction status of the last ReadyForQuery.
    public char transactionStatus() {
        return status;
    }

    /// From now on every message that arrives is kept for [#transcript].
    public RawClient record() {
        recording = true;
        return this;
    }

    /// What has arrived since [#record].
    public List<Message> transcript() {
        return transcript;
    }

    /// The socket below, for what is not a message.
    public Wire wire() {
        return wire;
    }

    /// The latest few messages that came, oldest first.
    public Deque<Message> latest() {
        return latest;
    }

    /// Where this client is connected to.
    public Endpoint endpoint() {
        return endpoint;
    }

    /// The local TCP port, null on a Unix socket.
    public @Nullable Integer localPort() {
        try {
            return wire.localPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Says that nothing more will be sent, and goes on reading.
    public RawClient finishSending() {
        try {
            wire.shutdownOutput();
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Closes the socket without Terminate.
    public void hangUp() {
        try {
            wire.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Closes the socket with a reset.
    public void vanish() {
        try {
            wire.reset();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Sends Terminate and closes; a connection that is gone already is no error.
    @Override
    public void close() {
        if (status != '?') {
            sendIfOpen(Frontend.terminate());
        }
        hangUp();
    }
}
