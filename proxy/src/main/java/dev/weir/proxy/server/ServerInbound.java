package dev.weir.proxy.server;

import dev.weir.proxy.relay.Answer;
import dev.weir.proxy.relay.BytesInFlight;
import dev.weir.proxy.relay.Concluded;
import dev.weir.proxy.relay.Described;
import dev.weir.proxy.relay.Expectations;
import dev.weir.proxy.relay.MessageFramer;
import dev.weir.proxy.relay.MessageSink;
import dev.weir.proxy.relay.QueryProgress;
import dev.weir.proxy.relay.Undo;
import dev.weir.proxy.statement.PlanChanged;
import dev.weir.proxy.statement.ServerStatements;
import dev.weir.proxy.wire.BackendType;
import dev.weir.proxy.wire.FieldReader;
import dev.weir.proxy.wire.Messages;
import dev.weir.proxy.wire.PgError;
import dev.weir.proxy.wire.ProtocolViolation;
import dev.weir.proxy.wire.RowShape;
import dev.weir.proxy.wire.TransactionStatus;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What arrives from PostgreSQL after the login: matched against what is expected, then forwarded, swallowed, or taken note
 * of. Answers that the server was never asked for are invented here when their turn comes.
 *
 * <p>Confined to the connection's event loop.
 */
final class ServerInbound implements MessageSink {

    private static final Logger LOGGER = LoggerFactory.getLogger(ServerInbound.class);

    /** Messages that must be whole to be understood may be this long; PostgreSQL's own are far below. */
    private static final int INSPECTED_BYTES_MAX = 1 << 20;

    /** Rows and COPY data are the client's: step over them. */
    private static final byte[] SERVING = table(BackendType.DATA_ROW, BackendType.COPY_DATA);
    /** Nothing may pass unseen. */
    private static final byte[] WATCHING = table();

    private final ServerConnection server;
    private final Expectations expectations;
    private final MessageFramer framer;
    private boolean fatalSeen;
    /** The user has got the parameters of the statement that the batch to be repeated describes. */
    private boolean parametersTold;

    ServerInbound(ServerConnection server, io.netty.buffer.ByteBufAllocator allocator) {
        this.server = server;
        this.expectations = server.expectations();
        this.framer = new MessageFramer(this, allocator, WATCHING);
    }

    private static byte[] table(byte... passed) {
        byte[] table = new byte[256];
        Arrays.fill(table, MessageFramer.ASK);
        for (byte type : passed) {
            table[type & 0xff] = MessageFramer.PASS;
        }
        return table;
    }

    /** Takes the next bytes; owns them. */
    void read(ByteBuf in) {
        server.owner().counters().sentBytes += server.session().running().onReceived(in.readableBytes());
        chooseVerdicts();
        framer.read(in);
    }

    /** All bytes that had arrived have been read. */
    void readComplete() {
        invent();
        server.session().onReadComplete();
        server.onAnswersEnd();
    }

    /** Goes on with what was held back. */
    private void resume() {
        if (framer.isStopped()) {
            try {
                framer.resume();
                readComplete();
            } catch (ProtocolViolation violation) {
                server.close(ServerLoss.VIOLATION + violation.error().message());
            }
        }
    }

    /** Whether PostgreSQL has told the user why it closes. */
    boolean fatalSeen() {
        return fatalSeen;
    }

    /** Whether only a part of the last message has been passed on. */
    boolean isMidMessage() {
        return framer.isStreaming();
    }

    BytesInFlight inFlight(Channel channel) {
        return BytesInFlight.of(framer, channel);
    }

    void release() {
        framer.release();
    }

    @Override
    public int onMessage(byte type, ByteBuf in, int bodyStart, int bodyLength, int available) {
        invent();
        int answer = take(type, in, bodyStart, bodyLength, available);
        if (answer == FORWARD) {
            tellWithheld();
        }
        if (answer != NEED_MORE) {
            chooseVerdicts();
        }
        return answer;
    }

    private int take(byte type, ByteBuf in, int bodyStart, int bodyLength, int available) {
        return switch (type) {
            case BackendType.READY_FOR_QUERY ->
                available < bodyLength ? NEED_MORE : onReadyForQuery(in, bodyStart, bodyLength);
            case BackendType.PARAMETER_STATUS ->
                isIncomplete(bodyLength, available) ? NEED_MORE : onParameterStatus(in, bodyStart, bodyLength);
            case BackendType.ERROR_RESPONSE ->
                bodyLength <= INSPECTED_BYTES_MAX && available < bodyLength
                        ? NEED_MORE
                        : onError(in, bodyStart, bodyLength);
            case BackendType.NOTICE_RESPONSE -> toUser(Expectations.FORWARD);
            case BackendType.NOTIFICATION_RESPONSE -> onNotification(in, bodyStart, bodyLength, available);
            case BackendType.COMMAND_COMPLETE ->
                isIncomplete(bodyLength, available) ? NEED_MORE : onCommandComplete(in, bodyStart, bodyLength);
            case BackendType.DATA_ROW ->
                server.own().readsRows() ? onProbedRow(in, bodyStart, bodyLength, available) : onAnswer(type);
            case BackendType.ROW_DESCRIPTION, BackendType.NO_DATA ->
                onDescription(type, in, bodyStart, bodyLength, available);
            case BackendType.PARAMETER_DESCRIPTION -> onParameters();
            case BackendType.EMPTY_QUERY_RESPONSE, BackendType.PORTAL_SUSPENDED -> {
                Undo noted = expectations.headUndo();
                int answer = onAnswer(type);
                server.session().onPortalEnd(noted, framer.bytesBehind(bodyStart, bodyLength));
                yield answer;
            }
            default -> onAnswer(type);
        };
    }

    /** PostgreSQL tells a statement's parameters before it finds that its rows are others than they were. */
    private int onParameters() {
        int answer = onAnswer(BackendType.PARAMETER_DESCRIPTION);
        if (answer == FORWARD && parametersTold) {
            parametersTold = false;
            return DISCARD;
        }
        return answer;
    }

    private int onDescription(byte type, ByteBuf in, int bodyStart, int bodyLength, int available) {
        server.own().onRowsDescribed();
        Described asker = expectations.headDescribed();
        if (asker != null) {
            if (isIncomplete(bodyLength, available)) {
                return NEED_MORE;
            }
            asker.onDescribed(type == BackendType.NO_DATA ? RowShape.NONE : RowShape.of(in, bodyStart, bodyLength));
        }
        return onAnswer(type);
    }

    private int onProbedRow(ByteBuf in, int bodyStart, int bodyLength, int available) {
        if (isIncomplete(bodyLength, available)) {
            return NEED_MORE;
        }
        server.session().onRow(in, bodyStart, bodyLength);
        return onAnswer(BackendType.DATA_ROW);
    }

    private static boolean isIncomplete(int bodyLength, int available) {
        if (bodyLength > INSPECTED_BYTES_MAX) {
            throw new ProtocolViolation("server message of " + bodyLength + " bytes where a short one is due");
        }
        return available < bodyLength;
    }

    private int onAnswer(byte type) {
        server.onOtherMessage();
        byte action = expected(type);
        if (type == BackendType.COPY_IN_RESPONSE && server.user() == null) {
            server.release().endCopy();
        }
        return toUser(action);
    }

    private int onNotification(ByteBuf in, int bodyStart, int bodyLength, int available) {
        ServerUser user = server.user();
        if (user == null || !user.wantsNotifications()) {
            return DISCARD;
        }
        TransactionWatcher watcher = watcher();
        if (watcher == null) {
            return FORWARD; // also among the answers to a statement of our own
        }
        if (isIncomplete(bodyLength, available)) {
            return NEED_MORE;
        }
        FieldReader body = new FieldReader(in, bodyStart, bodyLength);
        body.int32(); // the notifier's pid
        return watcher.wantsNotification(body.cStringLossy()) ? FORWARD : DISCARD;
    }

    private byte expected(byte type) {
        byte action = expectations.onMessage(type);
        if (action == Expectations.UNEXPECTED) {
            throw new ProtocolViolation("server sent " + BackendType.name(type) + " out of turn");
        }
        return action;
    }

    private int toUser(byte action) {
        return action == Expectations.FORWARD
                        && server.user() != null
                        && !server.own().isRunning()
                ? FORWARD
                : DISCARD;
    }

    private int onReadyForQuery(ByteBuf in, int bodyStart, int bodyLength) {
        byte status = bodyLength == 1 ? in.getByte(bodyStart) : 0;
        if (!TransactionStatus.isValid(status)) {
            throw new ProtocolViolation("server sent an invalid ReadyForQuery");
        }
        TransactionWatcher watcher = watcher();
        if (watcher != null && watcher.holdsReady(status, this::resume)) {
            return STOP;
        }
        Undo ended = expectations.headUndo();
        byte action = expected(BackendType.READY_FOR_QUERY);
        server.onReadyForQuery(status);
        if (action == Expectations.SWALLOW) {
            framer.emitRun();
            server.session().onOwnReady(framer.bytesBehind(bodyStart, bodyLength));
            server.own().onReady();
            return DISCARD;
        }
        server.session().running().onReady(ended, framer.bytesBehind(bodyStart, bodyLength));
        ServerUser user = server.user();
        if (user == null) {
            Concluded.conclude(ended);
            return DISCARD;
        }
        if (watcher != null) {
            framer.emitRun();
            watcher.beforeReady(status);
        }
        user.onReadyForQuery(status);
        RefusedBatches refused = user.refusedBatches();
        boolean withheld = refused != null && refused.withholdReady(status, ended);
        Concluded.conclude(ended);
        parametersTold &= withheld;
        return withheld ? DISCARD : FORWARD;
    }

    private @Nullable TransactionWatcher watcher() {
        ServerUser user = server.user();
        return user == null || server.own().isRunning() ? null : user.watcher();
    }

    private void onTransactionCommand(String tag, byte action) {
        TransactionWatcher watcher = watcher();
        if (watcher != null && action == Expectations.FORWARD) {
            watcher.onCommand(tag);
        }
    }

    private int onParameterStatus(ByteBuf in, int bodyStart, int bodyLength) {
        FieldReader body = new FieldReader(in, bodyStart, bodyLength);
        String name = body.cStringLossy();
        String value = body.cStringLossy();
        server.settings().onReported(name, value);
        ServerUser user = server.user();
        if (user == null || server.own().isRunning()) {
            return DISCARD;
        }
        user.onParameterStatus(name, value, server.settings().reported());
        return FORWARD;
    }

    private int onError(ByteBuf in, int bodyStart, int bodyLength) {
        if (server.isAtRest() && bodyLength <= INSPECTED_BYTES_MAX) {
            onErrorAtRest(PgError.read(in, bodyStart, bodyLength));
        }
        boolean describing = expectations.headKind() == Expectations.DESCRIBE;
        QueryProgress query = expectations.headUndo() instanceof QueryProgress progress ? progress : null;
        byte action = expectations.onMessage(BackendType.ERROR_RESPONSE);
        server.session().onError(in, bodyStart, bodyLength, framer.bytesBehind(bodyStart, bodyLength));
        TransactionWatcher watcher = watcher();
        if (watcher != null) {
            watcher.onError();
        }
        if (bodyLength > INSPECTED_BYTES_MAX && action == Expectations.FORWARD) {
            return toUser(action); // a text of somebody's own: too long to be looked at, not to be passed on
        }
        PgError error = PgError.read(in, bodyStart, bodyLength);
        if (error.endsSession()) {
            LOGGER.info("{} server says: {} {}", server, error.severity(), error.message());
            if (server.settings().areRefusedBy(error)) {
                server.settings().onAnswered(error);
                return DISCARD;
            }
            ServerUser served = server.user();
            if (served == null || (server.session().isProbed() && served.needsNothing())) {
                server.close(ServerLoss.SAID + error.message());
                return DISCARD;
            }
            fatalSeen = true; // also if it interrupts a statement of our own: it is the user's as well
            return FORWARD;
        }
        if (action == Expectations.UNEXPECTED) {
            throw new ProtocolViolation("server sent an error out of turn: " + error.message());
        }
        if (action == Expectations.SWALLOW) {
            server.own().onError(error);
            return DISCARD;
        }
        if (PlanChanged.isRaisedBy(error) && toUser(action) == FORWARD) {
            framer.emitRun();
            tellWithheld();
            ByteBuf out = server.buffer(256);
            PlanChanged.error().write(out);
            onRun(out);
            return DISCARD;
        }
        ServerUser user = server.user();
        RefusedBatches refused = user == null || toUser(action) != FORWARD ? null : user.refusedBatches();
        if (refused == null) {
            return toUser(action);
        }
        if (PlanChanged.isFound(error)) {
            Undo batch = query == null ? expectations.headUndo() : query;
            byte[] message = ByteBufUtil.getBytes(
                    in, bodyStart - MessageFramer.HEADER_BYTES, bodyLength + MessageFramer.HEADER_BYTES);
            if (refused.withhold(batch, query != null || !expectations.isEmpty(), message)) {
                parametersTold = describing;
                return DISCARD;
            }
        }
        return tellError(in, bodyStart, bodyLength, query, refused);
    }

    private int tellError(
            ByteBuf in, int bodyStart, int bodyLength, @Nullable QueryProgress query, RefusedBatches refused) {
        ServerStatements.NameInUse inUse = server.statements().takeNameInUse();
        if (!ErrorWords.concern(in, bodyStart, bodyLength, query)) {
            return FORWARD;
        }
        ByteBuf out = server.buffer(MessageFramer.HEADER_BYTES + 2 * bodyLength);
        ErrorWords.write(out, in, bodyStart, bodyLength, query, inUse, refused);
        framer.emitRun();
        tellWithheld();
        onRun(out);
        return DISCARD;
    }

    private void tellWithheld() {
        ServerUser user = server.user();
        RefusedBatches refused = user == null ? null : user.refusedBatches();
        if (refused != null && refused.isWithholding()) {
            framer.emitRun();
            refused.tellEnded();
        }
    }

    /** A user that has got all of its answer, and needs not this very server, has nothing to do with the server's end. */
    private void onErrorAtRest(PgError error) {
        ServerUser user = server.user();
        if (user != null && error.endsSession()) {
            framer.emitRun();
            server.release().onFarewell(ServerLoss.SAID + error.message());
            user.onServerIdle();
        }
    }

    private int onCommandComplete(ByteBuf in, int bodyStart, int bodyLength) {
        server.onOtherMessage();
        Undo noted = expectations.headUndo();
        byte action = expected(BackendType.COMMAND_COMPLETE);
        if (noted instanceof QueryProgress progress) {
            progress.onCommandComplete();
        }
        int behind = framer.bytesBehind(bodyStart, bodyLength);
        String tag = server.session().readTag(in, bodyStart, bodyLength, action, noted, behind);
        if (tag != null) {
            switch (tag) {
                case "COMMIT", "ROLLBACK", "LISTEN", "UNLISTEN" -> onTransactionCommand(tag, action);
                default -> server.session().onDiscarded(tag, action);
            }
        }
        return toUser(action);
    }

    @Override
    public void onRun(ByteBuf run) {
        ServerUser user = server.user();
        if (user == null) {
            run.release();
            return;
        }
        user.onAnswer(run);
    }

    /** Says what nobody else will, as long as it is the turn of such answers. */
    void invent() {
        if (!expectations.isInventionDue()) {
            return;
        }
        framer.emitRun();
        tellWithheld();
        ByteBuf out = server.buffer(32);
        while (expectations.isInventionDue()) {
            Answer answer = expectations.headAnswer();
            int kind = expectations.takeInvention();
            if (answer != null) {
                answer.write(out);
            } else if (kind == Expectations.PARSE) {
                Messages.parseComplete(out);
            } else {
                Messages.closeComplete(out);
            }
        }
        onRun(out);
        chooseVerdicts();
    }

    private void chooseVerdicts() {
        boolean serving = server.user() != null && expectations.headAction() == Expectations.FORWARD;
        framer.useVerdicts(serving ? SERVING : WATCHING);
    }
}
