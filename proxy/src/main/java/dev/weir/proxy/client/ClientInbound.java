package dev.weir.proxy.client;

import dev.weir.proxy.relay.BytesInFlight;
import dev.weir.proxy.relay.Expectations;
import dev.weir.proxy.relay.MessageFramer;
import dev.weir.proxy.relay.MessageSink;
import dev.weir.proxy.relay.Undo;
import dev.weir.proxy.server.ServerConnection;
import dev.weir.proxy.sql.Effects;
import dev.weir.proxy.sql.MentionedSettings;
import dev.weir.proxy.sql.SqlScanner;
import dev.weir.proxy.statement.StatementTraits;
import dev.weir.proxy.wire.FrontendType;
import dev.weir.proxy.wire.PgError;
import dev.weir.proxy.wire.ProtocolViolation;
import dev.weir.proxy.wire.SqlState;
import dev.weir.proxy.wire.TransactionStatus;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import java.util.Arrays;

/**
 * What a logged-in client sends, message by message: forwarded to its server and noted as an expectation there, held while
 * there is no server, rewritten where it names a prepared statement, answered here where no server is needed.
 *
 * <p>Confined to the client's event loop.
 */
final class ClientInbound implements MessageSink {

    /** Longer texts are read while they go on to the server. */
    static final int READ_BYTES_MAX = 64 << 10;

    /** What a client may send ahead while its messages are held. */
    private static final int AHEAD_BYTES_MAX = 32 << 10;

    private static final int RESETTING =
            Effects.SETS | Effects.RELEASES | Effects.UNLOCKS | Effects.DISCARDS | Effects.DEALLOCATES;

    private static final byte[] VERDICTS = verdicts();

    private final ClientSession session;
    private final ByteBufAllocator allocator;
    private final MessageFramer framer;
    private final StatementRewriter statements;
    private final SqlCommands commands;
    private final SessionResets resets;
    private final BatchRepeat repeat;
    /** Skips what belongs to a batch that has failed here, up to its Sync. */
    private boolean discardingBatch;

    private boolean discardingFirst;
    /** Something since the last Sync was answered here, and nothing has gone to a server. */
    private boolean answeredHere;
    /** What was sent since the last ReadyForQuery ends a transaction and must not be cancelled. */
    private boolean commitSent;

    ClientInbound(
            ClientSession session, ByteBufAllocator allocator, StatementRewriter statements, SqlCommands commands) {
        this.session = session;
        this.commands = commands;
        this.allocator = allocator;
        this.framer = new MessageFramer(this, allocator, VERDICTS);
        this.statements = statements;
        this.resets = new SessionResets(session, statements.open());
        this.repeat = statements.repeat();
    }

    private static byte[] verdicts() {
        byte[] table = new byte[256];
        Arrays.fill(table, MessageFramer.REJECT);
        for (char type : "QPBDESHCFdcfX".toCharArray()) {
            table[type] = MessageFramer.ASK;
        }
        return table;
    }

    /** Takes the next bytes; owns them. */
    void read(ByteBuf in) {
        framer.read(in);
    }

    /** Goes on with what was held for lack of a server. */
    void resume() {
        ByteBuf batch = repeat.take(allocator);
        if (batch == null) {
            framer.resume();
        } else {
            framer.readAgain(batch);
        }
    }

    /** Whether so much is held for lack of a server, or of answers, that the client must not send more. */
    boolean isTooFarAhead() {
        return framer.isStopped() && framer.heldBytes() > AHEAD_BYTES_MAX;
    }

    /** Bytes held for lack of a server. */
    BytesInFlight inFlight(Channel channel) {
        return BytesInFlight.of(framer, channel);
    }

    /** Whether a message has begun to arrive that can be understood only when more of it is here. */
    boolean holdsPartOfMessage() {
        return framer.heldBytes() > 0 && !framer.isStopped();
    }

    /** Shows the message that waits for a server, behind its header. */
    void showHeld(MessageFramer.Watcher by) {
        framer.showHeld(by);
    }

    int heldBytes() {
        return framer.heldBytes();
    }

    /** Whether the server has got only a part of the last message. */
    boolean isMidMessage() {
        return framer.isStreaming() && !discardingBatch;
    }

    /** Whether what runs must be let come to its end. */
    boolean isCommitSent() {
        return commitSent;
    }

    /** What runs need not come to its end. */
    void giveUpCommit() {
        commitSent = false;
    }

    /** A message of the batch was answered without a server. */
    void onAnsweredHere() {
        answeredHere = true;
    }

    /** The server has answered everything. */
    void onAllAnswered() {
        commitSent = false;
        repeat.onAllAnswered();
    }

    /** The unfinished request that waits for a server has been answered with an error: skips the rest of it. */
    void discardHeldRequest() {
        discardingBatch = true;
        discardingFirst = true;
        framer.resume();
    }

    /** The message at hand was answered with an error: skips the rest of its batch. */
    void discardBatch() {
        discardingBatch = true;
        discardingFirst = false;
        answeredHere = false;
    }

    void release() {
        repeat.release();
        framer.release();
    }

    @Override
    public void onRun(ByteBuf run) {
        session.link().toServer(run);
    }

    @Override
    public int onMessage(byte type, ByteBuf in, int bodyStart, int bodyLength, int available) {
        if (bodyLength + 4L > session.profile().messageBytesMax()) {
            throw new ProtocolViolation(PgError.fatal(
                    SqlState.PROGRAM_LIMIT_EXCEEDED,
                    "message of " + (bodyLength + 4L) + " bytes is longer than max_packet_size"));
        }
        if (type == FrontendType.TERMINATE) {
            framer.emitRun(); // a COMMIT may lie in front of it
            session.close("client close request");
            return DISCARD;
        }
        if (session.isClosed()) {
            return DISCARD;
        }
        return discardingBatch ? discard(type) : take(type, in, bodyStart, bodyLength, available);
    }

    private int take(byte type, ByteBuf in, int bodyStart, int bodyLength, int available) {
        if (!repeat.admitsNext()) {
            return STOP;
        }
        int answer = dispatch(type, in, bodyStart, bodyLength, available);
        if (answer != STOP && answer != NEED_MORE && session.server() != null) {
            onTaken(type, in, bodyStart, bodyLength, available);
        }
        return answer;
    }

    /** Keeps account of what may have to be sent once more. */
    private void onTaken(byte type, ByteBuf in, int bodyStart, int bodyLength, int available) {
        switch (type) {
            case FrontendType.SYNC -> {}
            case FrontendType.QUERY, FrontendType.FUNCTION_CALL -> repeat.onEnd();
            case FrontendType.COPY_DATA, FrontendType.COPY_DONE, FrontendType.COPY_FAIL -> repeat.spoil();
            case FrontendType.PARSE, FrontendType.BIND -> {
                repeat.onTaken(in, bodyStart - MessageFramer.HEADER_BYTES, bodyStart + available);
                if (available < bodyLength && repeat.keepsRest()) {
                    if (type == FrontendType.BIND) {
                        framer.watchRest(repeat);
                    } else {
                        repeat.spoil(); // its rest is looked at for other reasons
                    }
                }
            }
            default -> repeat.onTaken(in, bodyStart - MessageFramer.HEADER_BYTES, bodyStart + available);
        }
    }

    private int dispatch(byte type, ByteBuf in, int bodyStart, int bodyLength, int available) {
        return switch (type) {
            case FrontendType.COPY_DATA -> isCopying() ? FORWARD : DISCARD;
            case FrontendType.COPY_DONE -> {
                requireEmpty(bodyLength, "CopyDone");
                yield onCopyEnd();
            }
            case FrontendType.COPY_FAIL -> onCopyEnd();
            case FrontendType.FLUSH -> {
                requireEmpty(bodyLength, "Flush");
                yield onFlush();
            }
            case FrontendType.SYNC -> onSync(in, bodyStart, bodyLength);
            case FrontendType.QUERY -> onQuery(in, bodyStart, bodyLength, available);
            case FrontendType.FUNCTION_CALL -> onFunctionCall(in, bodyStart, bodyLength, available);
            case FrontendType.EXECUTE -> onExecute(in, bodyStart, bodyLength, available);
            case FrontendType.PARSE -> onParse(in, bodyStart, bodyLength, available);
            case FrontendType.BIND -> onBind(in, bodyStart, bodyLength, available);
            case FrontendType.DESCRIBE -> statements.describe(framer, in, bodyStart, bodyLength, available);
            case FrontendType.CLOSE -> statements.close(framer, in, bodyStart, bodyLength, available);
            default -> throw new ProtocolViolation("unexpected message type " + FrontendType.name(type));
        };
    }

    private int onQuery(ByteBuf in, int bodyStart, int bodyLength, int available) {
        if (session.profile().simpleQueryDisallowed()) {
            throw new ProtocolViolation(session.errors().simpleQueryDisallowed());
        }
        boolean whole = available == bodyLength;
        if (available < Math.min(bodyLength, READ_BYTES_MAX)) {
            return NEED_MORE;
        }
        // without the terminator
        int text = whole ? Math.max(bodyLength - 1, 0) : READ_BYTES_MAX;
        int effects = SqlScanner.effects(in, bodyStart, text, session.dialect());
        boolean follows = session.followsState() && session.renamesStatements();
        if (follows && whole && (effects & RESETTING) != 0 && resets.answer(in, bodyStart, text)) {
            return DISCARD;
        }
        if (follows && SqlCommands.isCommand(effects)) {
            int answer = whole
                    ? commands.onQuery(effects, framer, in, bodyStart, text)
                    : commands.onBeginning(effects, framer, bodyLength);
            if (answer != FORWARD) {
                commitSent |= answer != STOP && (effects & Effects.ENDS_TRANSACTION) != 0;
                ServerConnection linked = session.server();
                if (answer == DISCARD && linked != null) {
                    session.queries().onQuery(session, linked, in, bodyStart, text);
                }
                return answer;
            }
        }
        PgError refusal = session.pinLimit().refusal(effects);
        if (refusal != null) {
            return session.pinLimit().refuseQuery(refusal, framer);
        }
        if (whole) {
            session.link().refused().look(effects, in, bodyStart, text);
        }
        if (!session.channels().show(effects) || !session.trace().sequences().admits(effects, framer)) {
            return STOP;
        }
        ServerConnection server = session.link().request();
        if (server == null) {
            return STOP;
        }
        Undo noted = session.queries().onQuery(session, server, in, bodyStart, text);
        server.expectations().add(Expectations.QUERY, Expectations.FORWARD, noted);
        if (whole) {
            onQuerySent(commands.traits(in, bodyStart, text, effects), server);
        } else {
            TextWatch watch = new TextWatch(session, null, traits -> onQuerySent(traits, server));
            watch.onPiece(in, bodyStart, available, false);
            framer.watchRest(watch);
        }
        return FORWARD;
    }

    private void onQuerySent(StatementTraits traits, ServerConnection server) {
        int effects = traits.effects();
        session.open().onSimpleQuery(server);
        commitSent |= (effects & Effects.ENDS_TRANSACTION) != 0;
        if (session.followsState()) {
            session.trace().note(traits, server);
        }
        if (session.renamesStatements() && (effects & (Effects.DISCARDS | Effects.DEALLOCATES)) != 0) {
            session.open().onDiscardSent();
        }
    }

    /** Any function may be meant. */
    private int onFunctionCall(ByteBuf in, int bodyStart, int bodyLength, int available) {
        if (available < Math.min(bodyLength, Integer.BYTES)) {
            return NEED_MORE;
        }
        ServerConnection server = session.link().request();
        if (server == null) {
            return STOP;
        }
        int function = bodyLength < Integer.BYTES ? 0 : in.getInt(bodyStart);
        Undo noted = session.queries().onFunctionCall(session, server, function);
        server.expectations().add(Expectations.FUNCTION_CALL, Expectations.FORWARD, noted);
        if (session.followsState()) {
            session.trace().note(StatementTraits.of(Effects.OPAQUE, MentionedSettings.UNKNOWN), server);
        }
        return FORWARD;
    }

    private int onParse(ByteBuf in, int bodyStart, int bodyLength, int available) {
        int answer = statements.parse(framer, in, bodyStart, bodyLength, available);
        if (answer == FORWARD || answer == DISCARD) {
            commitSent |= (statements.parsedEffects() & Effects.ENDS_TRANSACTION) != 0;
        }
        return answer;
    }

    private int onBind(ByteBuf in, int bodyStart, int bodyLength, int available) {
        int answer = statements.bind(framer, in, bodyStart, bodyLength, available);
        if (statements.takeBatchFailed()) {
            discardBatch();
        }
        return answer;
    }

    private int onExecute(ByteBuf in, int bodyStart, int bodyLength, int available) {
        int answer = statements.execute(framer, in, bodyStart, bodyLength, available);
        if (answer == FORWARD) {
            commitSent |= (statements.boundEffects() & Effects.ENDS_TRANSACTION) != 0;
        }
        return answer;
    }

    private int onSync(ByteBuf in, int bodyStart, int bodyLength) {
        requireEmpty(bodyLength, "Sync");
        if (session.server() == null && answeredHere) {
            answeredHere = false;
            session.channels().onTransactionEnd();
            session.output().readyForQuery(TransactionStatus.IDLE);
            return DISCARD;
        }
        answeredHere = false;
        ServerConnection server = session.link().request();
        if (server == null) {
            return STOP;
        }
        Undo end = repeat.onSync(in, bodyStart - MessageFramer.HEADER_BYTES, bodyStart);
        server.expectations().add(Expectations.SYNC, Expectations.FORWARD, end);
        return FORWARD;
    }

    private int onFlush() {
        if (session.server() == null) {
            return DISCARD;
        }
        repeat.onFlush();
        if (repeat.isAskedFor()) {
            repeat.tell();
        }
        return FORWARD;
    }

    private static void requireEmpty(int bodyLength, String name) {
        if (bodyLength != 0) {
            throw new ProtocolViolation("invalid " + name + " message");
        }
    }

    /** CopyDone and CopyFail; behind a COPY that has failed they come too late and mean nothing. */
    private int onCopyEnd() {
        ServerConnection server = session.server();
        if (server == null || !isCopying()) {
            return DISCARD;
        }
        server.expectations().add(Expectations.COPY_END, Expectations.FORWARD);
        return FORWARD;
    }

    private boolean isCopying() {
        ServerConnection server = session.server();
        return server != null && !server.expectations().isEmpty();
    }

    /** The batch was answered with an error here: PostgreSQL too would ignore all up to the Sync, or end with the Query. */
    private int discard(byte type) {
        boolean simple = discardingFirst && (type == FrontendType.QUERY || type == FrontendType.FUNCTION_CALL);
        discardingFirst = false;
        if (simple || type == FrontendType.SYNC) {
            discardingBatch = false;
            sayReady();
        }
        return DISCARD;
    }

    private void sayReady() {
        ServerConnection server = session.server();
        session.output().readyForQuery(server == null ? TransactionStatus.IDLE : server.transactionStatus());
        session.link().settle();
    }
}
