package dev.weir.proxy.conformance;

import dev.weir.proxy.wire.BackendMessage;
import dev.weir.proxy.wire.BackendType;
import dev.weir.proxy.wire.FieldReader;
import dev.weir.proxy.wire.Messages;
import dev.weir.proxy.wire.PgError;
import dev.weir.proxy.wire.TransactionStatus;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A client of a check: speaks the protocol by hand, and before each request that begins outside of a transaction lets
/// the rivals have the servers, so that the request is served by another one than the request before.
///
/// For one thread at a time. Whatever goes wrong is a [CheckFailed].
final class Session implements AutoCloseable {

    /// How long an answer may take.
    static final Duration PATIENCE = Duration.ofSeconds(5);

    /// How long a notification may take; those that never come are what a table with many failures spends its time on.
    private static final Duration NOTIFICATION_PATIENCE = Duration.ofSeconds(2);

    private final Target target;
    private final SocketChannel channel;
    private final @Nullable Rivals rivals;
    private final BlockingQueue<BackendMessage> arrived = new LinkedBlockingQueue<>();
    private final Map<String, String> parameters = new LinkedHashMap<>();
    private final Deque<Notification> notifications = new ArrayDeque<>();
    private byte status = TransactionStatus.IDLE;
    private int owed;
    private int pid;
    private byte[] secret = new byte[0];
    private boolean ended;

    private Session(Target target, SocketChannel channel, @Nullable Rivals rivals) {
        this.target = target;
        this.channel = channel;
        this.rivals = rivals;
    }

    /// Logs in.
    ///
    /// @param parameters of the StartupMessage, besides user and database
    /// @param rivals null for a rival itself
    static Session open(Target target, Map<String, String> parameters, @Nullable Rivals rivals) {
        try {
            Session session = new Session(target, SocketChannel.open(target.address()), rivals);
            Thread.ofVirtual().start(new SessionReader(session.channel, session.arrived));
            try {
                session.login(parameters);
                return session;
            } catch (CheckFailed e) {
                session.vanish();
                throw e;
            }
        } catch (IOException e) {
            throw new CheckFailed("no connection to " + target.label() + ": " + e.getMessage(), e);
        }
    }

    private void login(Map<String, String> more) {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("user", target.user());
        all.put("database", target.database());
        all.putAll(more);
        ByteBuf out = Unpooled.buffer();
        Messages.startup(out, Messages.PROTOCOL_3_0, all);
        write(out);
        LoginDialog dialog = new LoginDialog(target);
        for (BackendMessage message = next(PATIENCE);
                message.type() != BackendType.READY_FOR_QUERY;
                message = next(PATIENCE)) {
            switch (message.type()) {
                case BackendType.AUTHENTICATION -> write(dialog.answer(message));
                case BackendType.ERROR_RESPONSE -> throw new LoginRefused(message.error());
                default -> {}
            }
        }
    }

    /// Sends a Query and returns all of its answer, errors included.
    Answer query(String sql) {
        return send(new Pipeline().query(sql));
    }

    /// Sends a Query that must succeed.
    Answer run(String sql) {
        return query(sql).good(sql);
    }

    /// The first value of the only row of a Query that must succeed.
    String value(String sql) {
        List<String> values = run(sql).values();
        if (values.size() != 1) {
            throw new CheckFailed("%s: expected one row, got %d".formatted(sql, values.size()));
        }
        return values.getFirst();
    }

    /// The first values of all rows of a Query that must succeed.
    List<String> values(String sql) {
        return run(sql).values();
    }

    /// Sends a Query that must fail with this SQLSTATE.
    PgError fail(String sql, String sqlState) {
        return query(sql).mustFail(sql, sqlState);
    }

    /// Sends a Query by the extended protocol, in the unnamed statement and portal.
    Answer extended(String sql, @Nullable String... values) {
        return send(new Pipeline().parse("", sql).bind("", values).execute().sync())
                .good(sql);
    }

    /// Sends messages and returns all that comes up to the ReadyForQuery of the last of them.
    Answer send(Pipeline pipeline) {
        start(pipeline);
        return finish();
    }

    /// Sends messages and returns at once; [#finish] takes the answer.
    void start(Pipeline pipeline) {
        if (rivals != null && owed == 0 && status == TransactionStatus.IDLE) {
            rivals.changeHands(this);
        }
        owed += pipeline.ends();
        write(pipeline.bytes());
    }

    /// Sends a Query and returns at once; [#finish] takes the answer.
    void start(String sql) {
        start(new Pipeline().query(sql));
    }

    /// Sends more messages of a request that is under way, such as CopyData.
    void sendOn(Pipeline pipeline) {
        owed += pipeline.ends();
        write(pipeline.bytes());
    }

    /// Everything up to the last ReadyForQuery that is due.
    Answer finish() {
        List<BackendMessage> messages = new ArrayList<>();
        while (owed > 0) {
            messages.add(next(PATIENCE));
        }
        if (rivals != null) {
            rivals.letGo();
        }
        return new Answer(messages);
    }

    /// Everything up to and with the next message of this type.
    Answer until(byte type) {
        List<BackendMessage> messages = new ArrayList<>();
        do {
            messages.add(next(PATIENCE));
        } while (messages.getLast().type() != type);
        return new Answer(messages);
    }

    /// The next message, null if none comes in time.
    ///
    /// @throws CheckFailed if the connection has ended
    @Nullable
    BackendMessage poll(Duration patience) {
        try {
            BackendMessage message = arrived.poll(patience.toNanos(), TimeUnit.NANOSECONDS);
            if (message != null) {
                note(message);
            }
            return message;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CheckFailed("interrupted", e);
        }
    }

    private BackendMessage next(Duration patience) {
        BackendMessage message = poll(patience);
        if (message == null) {
            throw new CheckFailed("no answer within %d s".formatted(patience.toSeconds()));
        }
        return message;
    }

    private void note(BackendMessage message) {
        switch (message.type()) {
            case BackendMessage.END -> {
                ended = true;
                throw new CheckFailed("the connection was closed");
            }
            case BackendType.PARAMETER_STATUS -> {
                FieldReader body = message.reader();
                parameters.put(body.cStringLossy(), body.cStringLossy());
            }
            case BackendType.BACKEND_KEY_DATA -> {
                FieldReader body = message.reader();
                pid = body.int32();
                secret = body.rest();
            }
            case BackendType.NOTIFICATION_RESPONSE -> notifications.add(Notification.read(message.reader()));
            case BackendType.READY_FOR_QUERY -> {
                status = message.reader().int8();
                owed = Math.max(0, owed - 1);
            }
            case BackendType.ERROR_RESPONSE -> {
                PgError error = message.error();
                if (error.endsSession() && owed > 0) {
                    ended = true;
                    throw new CheckFailed("the connection was ended by " + Answer.shown(error));
                }
            }
            default -> {}
        }
    }

    /// The next notification, which must come.
    Notification notification() {
        long deadline = System.nanoTime() + NOTIFICATION_PATIENCE.toNanos();
        while (notifications.isEmpty()) {
            long left = deadline - System.nanoTime();
            if (left <= 0 || poll(Duration.ofNanos(left)) == null) {
                throw new CheckFailed("no notification within %d s".formatted(NOTIFICATION_PATIENCE.toSeconds()));
            }
        }
        return notifications.remove();
    }

    /// The notifications that have come and were not yet taken, and those that come within a time.
    List<Notification> notificationsWithin(Duration time) {
        long deadline = System.nanoTime() + time.toNanos();
        for (long left = time.toNanos(); left > 0; left = deadline - System.nanoTime()) {
            poll(Duration.ofNanos(left));
        }
        List<Notification> all = new ArrayList<>(notifications);
        notifications.clear();
        return all;
    }

    /// Waits until the server ends the connection, and returns the error that it gave as the reason.
    PgError endedBy() {
        PgError reason = null;
        while (!ended) {
            BackendMessage message = takeQuietly();
            if (message.type() == BackendType.ERROR_RESPONSE) {
                reason = message.error();
            }
            ended = message.type() == BackendMessage.END;
        }
        if (reason == null) {
            throw new CheckFailed("the connection was closed without an error");
        }
        return reason;
    }

    private BackendMessage takeQuietly() {
        try {
            BackendMessage message = arrived.poll(PATIENCE.toNanos(), TimeUnit.NANOSECONDS);
            if (message == null) {
                throw new CheckFailed("the connection was not ended within %d s".formatted(PATIENCE.toSeconds()));
            }
            return message;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CheckFailed("interrupted", e);
        }
    }

    /// Asks over a connection of its own to cancel what this session runs, and waits until that connection is closed.
    void cancel() {
        ByteBuf out = Unpooled.buffer();
        Messages.cancelRequest(out, pid, secret);
        try (SocketChannel messenger = SocketChannel.open(target.address())) {
            messenger.write(out.nioBuffer());
            BlockingQueue<BackendMessage> end = new LinkedBlockingQueue<>();
            Thread.ofVirtual().start(new SessionReader(messenger, end));
            if (end.poll(PATIENCE.toNanos(), TimeUnit.NANOSECONDS) == null) {
                throw new CheckFailed("the cancel request was not taken");
            }
        } catch (IOException e) {
            throw new CheckFailed("the cancel request was refused: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CheckFailed("interrupted", e);
        }
    }

    private void write(ByteBuf out) {
        try {
            var bytes = out.nioBuffer();
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } catch (IOException e) {
            throw new CheckFailed("the connection is gone: " + e.getMessage(), e);
        }
    }

    /// The transaction status of the last ReadyForQuery.
    byte status() {
        return status;
    }

    /// The last reported value of a parameter.
    @Nullable
    String parameter(String name) {
        return parameters.get(name);
    }

    /// Whether it is at rest: nothing is due, no transaction is open.
    boolean isAtRest() {
        return !ended && owed == 0 && status == TransactionStatus.IDLE;
    }

    /// Closes the socket without a word.
    void vanish() {
        ended = true;
        try {
            channel.close();
        } catch (IOException _) {
            // It is gone either way.
        }
    }

    /// Says goodbye and closes.
    @Override
    public void close() {
        if (!ended) {
            ByteBuf out = Unpooled.buffer();
            Messages.terminate(out);
            try {
                channel.write(out.nioBuffer());
            } catch (IOException _) {
                // The peer was faster.
            }
        }
        vanish();
    }
}
