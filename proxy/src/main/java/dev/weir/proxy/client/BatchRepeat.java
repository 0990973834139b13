package dev.weir.proxy.client;

import dev.weir.proxy.relay.Concluded;
import dev.weir.proxy.relay.MessageFramer;
import dev.weir.proxy.relay.Undo;
import dev.weir.proxy.server.RefusedBatches;
import dev.weir.proxy.server.ServerConnection;
import dev.weir.proxy.wire.Messages;
import dev.weir.proxy.wire.TransactionStatus;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Sends batches once more when PostgreSQL has refused the first statement in each for the only reason that tables have changed
 * without a word of it passing here: outside of a transaction nothing has happened then, and the statements only have to be
 * prepared anew.
 *
 * <pre>
 *   batch 1 ─refused→ withheld ─ReadyForQuery─┬─ nothing behind it → repeated
 *   batch 2 ─refused→ withheld ─ReadyForQuery─┘
 *   batch 3 ─anything else→ the client is told of 1 and 2, for they cannot come behind 3 any more
 * </pre>
 *
 * <p>The client is told nothing of a refused batch until it is clear whether it is repeated. A batch that has been repeated is
 * not repeated again.
 *
 * <p>Confined to the client's event loop.
 */
final class BatchRepeat implements MessageFramer.Watcher, RefusedBatches {

    /** What one client may have kept; more is not repeated. */
    private static final int BYTES_MAX = 256 << 10;

    private final ClientSession session;
    /** What is being sent. */
    private SentBatch current = new SentBatch(this);
    /** A part of it has gone to a server. */
    private boolean begun;
    /** The client has asked for the answers to that part. */
    private boolean flushed;
    /** The one whose ReadyForQuery comes next, if it is refused. */
    private @Nullable SentBatch refused;

    private final ArrayDeque<SentBatch> withheld = new ArrayDeque<>();
    /** So many batches to come are sent for the second time. */
    private int repeated;

    private boolean readyWithheld;
    private int batch;
    private int keptBytes;
    private @Nullable ByteBuf lastKept;

    BatchRepeat(ClientSession session) {
        this.session = session;
    }

    private @Nullable SentBatch spare;

    /** One that is not kept any more; returns it to be used again if it has gone well. */
    void onReleased(SentBatch batch, int bytes, boolean reusable) {
        keptBytes -= bytes;
        if (reusable) {
            spare = batch;
        }
    }

    private SentBatch next() {
        SentBatch next = spare;
        spare = null;
        return next == null ? new SentBatch(this) : next.reset();
    }

    // ---- sending ----

    /**
     * A Bind or a Describe of a statement, of which the server may know an outdated one, is about to be sent.
     *
     * @param other what is to run besides if it comes to nothing
     * @return what is to run
     */
    @Nullable
    Undo onUse(@Nullable Undo other) {
        if (repeated > 0) {
            current.spoilIfFresh();
        }
        return current.open() ? current.firstUse(other) : other;
    }

    /** A message that does something else is about to be sent. */
    void onOther() {
        current.spoilIfFresh();
    }

    /** A message has been taken, of which this is there. */
    void onTaken(ByteBuf in, int from, int to) {
        begun = true;
        keep(in, from, to);
    }

    @Override
    public void onPiece(ByteBuf in, int start, int length, boolean last) {
        keep(in, start, start + length);
    }

    @SuppressWarnings("ReferenceEquality") // the same place in memory, not the same bytes
    private void keep(ByteBuf in, int from, int to) {
        if (current.isOpen()) {
            keptBytes += current.add(in, from, to, keptBytes > 0 && in == lastKept);
            lastKept = in;
            if (keptBytes > BYTES_MAX) {
                current.spoil();
            }
        }
    }

    /** Whether the rest of a message is to be kept as well. */
    boolean keepsRest() {
        return current.isOpen();
    }

    /** What is under way cannot be repeated. */
    void spoil() {
        current.spoil();
    }

    /** A Flush is about to be sent. */
    void onFlush() {
        flushed = true;
    }

    /** A Sync is about to be sent; returns who wants to know of its end. */
    @Nullable
    Concluded onSync(ByteBuf in, int from, int to) {
        if (!begun && repeated == 0) {
            current.openEmpty();
        }
        keep(in, from, to);
        SentBatch batch = current;
        onEnd();
        return batch.isOpen() ? batch : null;
    }

    /** A Query is about to be sent, or a Sync. */
    void onEnd() {
        if (current.isUsed()) {
            current = next();
        }
        begun = false;
        flushed = false;
        batch = (batch + 1) & Integer.MAX_VALUE;
        repeated = Math.max(0, repeated - 1);
    }

    /** What is sent now is a part of a Query whose rest follows. */
    void withholdNextReady() {
        readyWithheld = true;
    }

    /** Whether a part of the batch at hand has been sent. */
    boolean isBegun() {
        return begun;
    }

    /** The number of the batch at hand. */
    int batch() {
        return batch;
    }

    /** Whether what is sent now is sent for the first time. */
    boolean isFirstTime() {
        return repeated == 0;
    }

    /** Another message of the client's has come; returns whether it may be looked at now. */
    boolean admitsNext() {
        return begun || !isWithholding();
    }

    // ---- what comes back ----

    @Override
    public boolean withhold(@Nullable Undo batch, boolean synced, byte[] message) {
        session.pool().database().onSchemaChanged();
        SentBatch candidate = switch (batch) {
            case SentBatch sent -> sent;
            case QueryScript script -> script.repeatable();
            case null, default -> synced || flushed ? null : current;
        };
        if (candidate == null || !candidate.isRefused()) {
            return false; // what was answered before must not be done twice
        }
        if (candidate.equals(current) && !withheld.isEmpty()) {
            return false; // the client may wait for the answers in front of it before it sends more
        }
        candidate.withhold(message);
        refused = candidate;
        return true;
    }

    /** Whether the client waits for the answers to a part of the batch that is refused: it has to be told. */
    boolean isAskedFor() {
        return flushed && current.equals(refused);
    }

    @Override
    public boolean withholdReady(byte status, @Nullable Undo ended) {
        if (ended instanceof SentBatch batch && batch.isEmpty() && isWithholding()) {
            batch.keep();
            withheld.add(batch);
            return true;
        }
        SentBatch batch = refused;
        if (batch == null) {
            boolean withholds = readyWithheld;
            readyWithheld = false;
            return withholds;
        }
        if (status != TransactionStatus.IDLE) {
            tell();
            return false;
        }
        refused = null;
        withheld.add(batch);
        askForAnswers();
        return true;
    }

    @Override
    public boolean isWithholding() {
        return refused != null || !withheld.isEmpty();
    }

    /** Has PostgreSQL answer what was sent without a Sync, where the client may wait for what comes before it. */
    void askForAnswers() {
        ServerConnection server = session.server();
        if (begun && !withheld.isEmpty() && server != null && !session.inbound().isMidMessage()) {
            ByteBuf out = server.buffer(8);
            Messages.flush(out);
            server.write(out);
            server.flush();
        }
    }

    /** Whether nothing else is under way, so that everything withheld is to be sent once more. */
    boolean isDue() {
        return !begun && refused == null && !withheld.isEmpty();
    }

    /** Tells the client all that it has not been told. */
    void tell() {
        tellEnded();
        SentBatch batch = refused;
        refused = null;
        if (batch != null) {
            ByteBuf out = session.output().buffer(256);
            tell(batch, out);
            session.output().write(out);
        }
    }

    @Override
    public void tellEnded() {
        if (withheld.isEmpty()) {
            return;
        }
        ByteBuf out = session.output().buffer(256 * withheld.size());
        for (SentBatch batch = withheld.poll(); batch != null; batch = withheld.poll()) {
            tell(batch, out);
            Messages.readyForQuery(out, TransactionStatus.IDLE);
        }
        session.output().write(out);
        session.link().resumeBehindAnswers();
    }

    @Override
    public @Nullable String nameOf(String serverName) {
        return session.open().nameOf(serverName);
    }

    private static void tell(SentBatch batch, ByteBuf out) {
        byte[] error = batch.error();
        if (error != null) {
            out.writeBytes(error);
        }
        batch.release();
    }

    /** What is to be sent once more, null if nothing is. The caller owns it. */
    @Nullable
    ByteBuf take(ByteBufAllocator allocator) {
        if (!isDue()) {
            return null;
        }
        int length = 0;
        for (SentBatch batch : withheld) {
            length += batch.length();
        }
        ByteBuf all = allocator.buffer(length);
        repeated = withheld.size();
        withheld.forEach(batch -> {
            batch.writeTo(all);
            batch.release();
        });
        withheld.clear();
        return all;
    }

    /** Everything sent so far has been answered. */
    void onAllAnswered() {
        if (begun && !current.equals(refused)) {
            current.spoil(); // what is behind the Flush belongs to the same implicit transaction
        }
    }

    /** The client is gone. */
    void release() {
        current.release();
        withheld.forEach(SentBatch::release);
        withheld.clear();
        if (refused != null) {
            refused.release();
        }
    }
}
