package dev.weir.proxy.client;

import dev.weir.proxy.relay.Undo;
import dev.weir.proxy.server.ServerConnection;
import dev.weir.proxy.wire.TransactionStatus;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Sends a batch once more when PostgreSQL has refused the first statement in it for the only reason that tables have changed
 * without a word of it passing here: outside of a transaction nothing has happened then, and the statement only has to be
 * prepared anew.
 *
 * <pre>
 *   FRESH ─Bind, Describe→ OPEN ─Sync→ WHOLE ─refused→ REFUSED ─ReadyForQuery→ DUE ─sent→ REPEATED
 *     └─ what cannot be repeated → SPOILED
 * </pre>
 *
 * <p>The bytes of the batch are not copied: the buffer that they arrived in is kept until the answer is there. A batch that did
 * not arrive in one buffer, follows another one unanswered, or has others behind it is not repeated, and nothing is twice.
 *
 * <p>Confined to the client's event loop.
 */
final class BatchRepeat implements Undo {

    /** Larger buffers are not kept for it. */
    private static final int BUFFER_BYTES_MAX = 64 << 10;

    private enum State {
        /** Nothing of the batch has used a statement. */
        FRESH,
        /** It has, and its Sync is to come. */
        OPEN,
        /** Nothing is behind its Sync. */
        WHOLE,
        /** PostgreSQL has refused it and is about to say that it is ready. */
        REFUSED,
        /** It can be sent once more. */
        DUE,
        /** It has been; whatever comes of it now is the client's. */
        REPEATED,
        /** This one cannot be repeated. */
        SPOILED
    }

    private State state = State.FRESH;
    private @Nullable ByteBuf buffer;
    private int start;
    private int end;
    /** The batch begins with a Describe. */
    private boolean describing;
    /** Its first Bind has come to nothing. */
    private boolean refused;

    /**
     * A Bind of a statement, of which the server may know an outdated one, is about to be sent.
     *
     * @return what is to run if it comes to nothing
     */
    @Nullable
    Undo onBind(ByteBuf in, int messageStart, int messageEnd, ServerConnection server) {
        return open(in, messageStart, messageEnd, server) ? this : null;
    }

    /** As {@link #onBind} for a Describe. */
    void onDescribe(ByteBuf in, int messageStart, int messageEnd, ServerConnection server) {
        describing = open(in, messageStart, messageEnd, server);
    }

    private boolean open(ByteBuf in, int messageStart, int messageEnd, ServerConnection server) {
        if (state == State.OPEN && describing) {
            drop(State.SPOILED); // PostgreSQL may refuse this one and not the first
        }
        if (state != State.FRESH) {
            return false;
        }
        boolean repeatable = server.transactionStatus() == TransactionStatus.IDLE
                && !server.expectations().owesReady()
                && messageEnd <= in.writerIndex()
                && in.capacity() <= BUFFER_BYTES_MAX;
        if (repeatable) {
            state = State.OPEN;
            buffer = in.retain();
            start = messageStart;
            describing = false;
            refused = false;
        } else {
            state = State.SPOILED;
        }
        return repeatable;
    }

    /** A message that does something else is about to be sent. */
    void onOther() {
        if (state == State.FRESH || (state == State.OPEN && describing)) {
            drop(State.SPOILED);
        }
    }

    /** A Sync is about to be sent. */
    @SuppressWarnings("ReferenceEquality") // the same place in memory, not the same bytes
    void onSync(ByteBuf in, int messageEnd) {
        if (state == State.OPEN && in == buffer) {
            state = State.WHOLE;
            end = messageEnd;
        } else if (state == State.OPEN || state == State.SPOILED) {
            drop(State.FRESH);
        }
    }

    /** Another message of the client's has come; returns whether it may be looked at now. */
    boolean admitsNext() {
        if (state == State.WHOLE) {
            drop(State.FRESH);
        }
        return state != State.REFUSED && state != State.DUE;
    }

    /** PostgreSQL has refused what was sent last; returns whether it is to be sent once more behind the ReadyForQuery. */
    boolean onRefused() {
        if (state != State.WHOLE || !(describing || refused)) {
            return false; // what was answered before must not be done twice
        }
        state = State.REFUSED;
        return true;
    }

    @Override
    public void undo() {
        refused = true;
    }

    void onReadyForQuery() {
        if (state == State.REFUSED) {
            state = State.DUE;
        }
    }

    /** The batch if it is to be sent now, else null. The caller owns it. */
    @Nullable
    ByteBuf take() {
        ByteBuf kept = buffer;
        if (state != State.DUE || kept == null) {
            return null;
        }
        ByteBuf batch = kept.retainedSlice(start, end - start);
        drop(State.REPEATED);
        return batch;
    }

    /** Everything sent so far has been answered. */
    void onAllAnswered() {
        switch (state) {
            case WHOLE, REPEATED -> drop(State.FRESH);
            case OPEN -> drop(State.SPOILED); // what is behind the Flush belongs to the same implicit transaction
            case FRESH, SPOILED, REFUSED, DUE -> {}
        }
    }

    /** The client is gone. */
    void release() {
        drop(State.SPOILED);
    }

    private void drop(State next) {
        ByteBuf kept = buffer;
        buffer = null;
        state = next;
        if (kept != null) {
            kept.release();
        }
    }
}
