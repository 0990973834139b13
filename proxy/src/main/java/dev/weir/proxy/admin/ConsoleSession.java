package dev.weir.proxy.admin;

import dev.weir.console.Console;
import dev.weir.console.ConsoleReply;
import dev.weir.console.ConsoleUser;
import dev.weir.console.Execution;
import dev.weir.console.Notice;
import dev.weir.console.command.Command;
import dev.weir.console.port.CommandRefused;
import dev.weir.proxy.net.DescriptorPassing;
import dev.weir.proxy.wire.FieldReader;
import dev.weir.proxy.wire.FrontendType;
import dev.weir.proxy.wire.Messages;
import dev.weir.proxy.wire.PgError;
import dev.weir.proxy.wire.ProtocolViolation;
import dev.weir.proxy.wire.SqlState;
import dev.weir.proxy.wire.TransactionStatus;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A console session behind its login: the simple and the extended sub-protocol as PostgreSQL serves them, with the
/// console in place of a database. Confined to the channel's event loop, except for [#cancel()].
///
/// One command runs at a time. While it does, the session is [#busy()] and takes no message; its reply comes back to
/// the event loop and may make it free again.
final class ConsoleSession {

    private final Console console;
    private final ConsoleUser user;
    private final Runnable whenFree;
    private final Consumer<Throwable> whenFailed;
    private final Consumer<PgError> onError;
    private final ExtendedQuery extended;
    private final Deque<Command> simpleQuery = new ArrayDeque<>();
    private @Nullable ChannelHandlerContext context;
    private @Nullable ByteBuf out;
    private volatile @Nullable Execution execution;
    private byte transactionStatus = TransactionStatus.IDLE;
    private boolean skipping;
    private boolean terminated;

    /// @param whenFree called on the event loop when a command is done that had kept the session busy
    /// @param whenFailed called on the event loop when handling a reply went wrong
    /// @param onError hears of each error that the client is told
    ConsoleSession(
            Console console,
            ConsoleUser user,
            Runnable whenFree,
            Consumer<Throwable> whenFailed,
            Consumer<PgError> onError) {
        this.console = console;
        this.user = user;
        this.whenFree = whenFree;
        this.whenFailed = whenFailed;
        this.onError = onError;
        this.extended = new ExtendedQuery(console);
    }

    void open(ChannelHandlerContext ctx) {
        context = ctx;
    }

    ChannelHandlerContext context() {
        return Objects.requireNonNull(context, "session is not open");
    }

    /// Whether a command runs.
    boolean busy() {
        return execution != null;
    }

    /// Whether the client said good-bye.
    boolean terminated() {
        return terminated;
    }

    /// Gives up what runs, as if the user had pressed ^C. May be called from any thread.
    void cancel() {
        Execution running = execution;
        if (running != null) {
            running.cancel();
        }
    }

    /// The client is gone.
    void close() {
        terminated = true;
        cancel();
        simpleQuery.clear();
        if (out != null) {
            out.release();
            out = null;
        }
    }

    /// Refuses a type byte that no client sends, before its body has arrived.
    void checkType(byte type) {
        switch (type) {
            case FrontendType.QUERY,
                    FrontendType.PARSE,
                    FrontendType.BIND,
                    FrontendType.DESCRIBE,
                    FrontendType.EXECUTE,
                    FrontendType.CLOSE,
                    FrontendType.SYNC,
                    FrontendType.FLUSH,
                    FrontendType.FUNCTION_CALL,
                    FrontendType.COPY_DATA,
                    FrontendType.COPY_DONE,
                    FrontendType.COPY_FAIL,
                    FrontendType.TERMINATE -> {}
            default ->
                throw new ProtocolViolation("unsupported packet type for admin console: " + Byte.toUnsignedInt(type));
        }
    }

    /// One message of a type that [#checkType] let pass.
    void onMessage(byte type, FieldReader body) {
        if (type == FrontendType.TERMINATE) {
            terminated = true;
        } else if (type == FrontendType.SYNC) {
            onSync();
        } else if (!skipping) {
            try {
                dispatch(type, body);
            } catch (CommandRefused refusal) {
                refuse(ConsoleReply.Refused.of(refusal), type);
            } catch (ProtocolViolation violation) {
                if (violation.error().endsSession()) {
                    throw violation;
                }
                fail(violation.error());
                skipping = true;
            }
        }
    }

    /// Writes an error that may end the session.
    void fail(PgError error) {
        error.write(out());
        onError.accept(error);
        if (transactionStatus == TransactionStatus.IN_TRANSACTION) {
            transactionStatus = TransactionStatus.FAILED;
        }
    }

    /// Hands everything written so far to the channel.
    void flush() {
        ByteBuf written = out;
        if (written != null) {
            out = null;
            var _ = context().writeAndFlush(written, context().voidPromise());
        }
    }

    private void dispatch(byte type, FieldReader body) {
        switch (type) {
            case FrontendType.QUERY -> onQuery(body);
            case FrontendType.PARSE -> extended.onParse(body, out());
            case FrontendType.BIND -> extended.onBind(body, out());
            case FrontendType.DESCRIBE -> extended.onDescribe(body, out());
            case FrontendType.CLOSE -> extended.onClose(body, out());
            case FrontendType.EXECUTE -> onExecute(body);
            case FrontendType.FUNCTION_CALL -> {
                fail(PgError.error(SqlState.FEATURE_NOT_SUPPORTED, "the console has no functions to call"));
                readyForQuery();
            }
            // Flush needs nothing: every batch of messages is flushed. COPY messages outside of a COPY are ignored, as
            // by PostgreSQL, because they may be on their way when a COPY fails.
            default -> {}
        }
    }

    private void onQuery(FieldReader body) {
        String query = body.cString();
        body.end();
        extended.forgetUnnamed();
        simpleQuery.addAll(console.parse(query, List.of()));
        if (simpleQuery.isEmpty()) {
            Messages.emptyQueryResponse(out());
        }
        nextOfSimpleQuery();
    }

    private void nextOfSimpleQuery() {
        Command next = simpleQuery.poll();
        if (next == null) {
            readyForQuery();
        } else {
            run(next, this::onSimpleReply);
        }
    }

    private void onSimpleReply(ConsoleReply reply) {
        switch (reply) {
            case ConsoleReply.Rows rows -> {
                TableWriter.rowDescription(out(), rows.table().columns(), ResultFormats.TEXT);
                int sent = sendWithDescriptors(rows);
                TableWriter.rows(
                        out(),
                        rows.table(),
                        ResultFormats.TEXT,
                        sent,
                        rows.table().rows().size());
                Messages.commandComplete(out(), rows.tag());
            }
            case ConsoleReply.Completed completed -> complete(completed);
            case ConsoleReply.TransactionChanged changed -> change(changed);
            case ConsoleReply.Refused refused -> {
                simpleQuery.clear();
                fail(error(refused));
            }
        }
        nextOfSimpleQuery();
    }

    /// Sends the first rows together with their descriptors if this client may have them.
    ///
    /// @return how many rows have gone; a row may have gone in part, and [#out()] holds the rest
    private int sendWithDescriptors(ConsoleReply.Rows rows) {
        if (rows.descriptors().isEmpty()
                || !DescriptorPassing.isPossible(context().channel())) {
            return 0;
        }
        flush();
        int sent = 0;
        for (int descriptor : rows.descriptors()) {
            ByteBuf row = context().alloc().buffer();
            try {
                TableWriter.rows(row, rows.table(), ResultFormats.TEXT, sent, sent + 1);
                if (!DescriptorPassing.send(context().channel(), row, descriptor)) {
                    break;
                }
                sent++;
                if (row.isReadable()) {
                    out().writeBytes(row);
                    break;
                }
            } finally {
                row.release();
            }
        }
        return sent;
    }

    private void onExecute(FieldReader body) {
        String name = body.cString();
        int maxRows = body.int32();
        body.end();
        ConsolePortal portal = extended.portal(name);
        Command command = portal.command();
        if (command == null) {
            Messages.emptyQueryResponse(out());
        } else if (portal.rows() != null) {
            extended.sendRows(portal, portal.rows(), maxRows, out());
        } else if (portal.done()) {
            throw new CommandRefused("55000", "portal \"" + name + "\" cannot be run", null, null);
        } else {
            run(command, reply -> onExtendedReply(reply, portal, maxRows));
        }
    }

    private void onExtendedReply(ConsoleReply reply, ConsolePortal portal, int maxRows) {
        switch (reply) {
            case ConsoleReply.Rows rows -> {
                portal.startRows(rows);
                extended.sendRows(portal, rows, maxRows, out());
            }
            case ConsoleReply.Completed completed -> {
                portal.finish();
                complete(completed);
            }
            case ConsoleReply.TransactionChanged changed -> {
                portal.finish();
                change(changed);
            }
            case ConsoleReply.Refused refused -> refuse(refused, FrontendType.EXECUTE);
        }
    }

    private void onSync() {
        skipping = false;
        if (transactionStatus == TransactionStatus.IDLE) {
            extended.forgetPortals();
        }
        readyForQuery();
    }

    /// Starts a command; its reply is handled on the event loop even when it is there at once, so that a long pipeline
    /// does not become a deep stack.
    private void run(Command command, Consumer<ConsoleReply> onReply) {
        Execution started = console.execute(command, user);
        execution = started;
        started.reply().thenAccept(reply -> context().executor().execute(() -> finish(reply, onReply)));
    }

    private void finish(ConsoleReply reply, Consumer<ConsoleReply> onReply) {
        execution = null;
        if (!terminated) {
            try {
                onReply.accept(reply);
                whenFree.run();
            } catch (RuntimeException e) {
                whenFailed.accept(e);
            }
        }
    }

    private void complete(ConsoleReply.Completed completed) {
        for (Notice notice : completed.notices()) {
            PgError text = PgError.notice(notice.message());
            (notice.detail() == null ? text : text.withDetail(notice.detail())).write(out());
        }
        Messages.commandComplete(out(), completed.tag());
    }

    /// A transaction that failed ends with ROLLBACK whatever the client asked for.
    private void change(ConsoleReply.TransactionChanged changed) {
        boolean failed = transactionStatus == TransactionStatus.FAILED;
        transactionStatus = switch (changed.change()) {
            case BEGINS -> TransactionStatus.IN_TRANSACTION;
            case ENDS -> TransactionStatus.IDLE;
            case GOES_ON -> failed ? TransactionStatus.IN_TRANSACTION : transactionStatus;
        };
        boolean rolledBack = failed && changed.change() == Command.TransactionChange.ENDS;
        Messages.commandComplete(out(), rolledBack ? "ROLLBACK" : changed.tag());
    }

    /// An error of the extended sub-protocol skips to the next Sync; one of a simple query is the end of it.
    private void refuse(ConsoleReply.Refused refused, byte type) {
        fail(error(refused));
        if (type == FrontendType.QUERY) {
            readyForQuery();
        } else {
            skipping = true;
        }
    }

    private static PgError error(ConsoleReply.Refused refused) {
        return new PgError(
                PgError.Severity.ERROR,
                refused.sqlState(),
                refused.message(),
                refused.detail(),
                refused.hint(),
                Map.of());
    }

    private void readyForQuery() {
        Messages.readyForQuery(out(), transactionStatus);
    }

    private ByteBuf out() {
        ByteBuf current = out;
        if (current == null) {
            current = context().alloc().buffer();
            out = current;
        }
        return current;
    }
}
