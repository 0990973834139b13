package dev.weir.proxy.client;

import dev.weir.proxy.relay.Concluded;
import dev.weir.proxy.relay.Described;
import dev.weir.proxy.relay.Undo;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * What a client has sent up to a Sync, or one Query, from the first use of a prepared statement on: kept until it is answered,
 * for it may have to be sent once more. Noted for its Sync. Confined to the client's event loop.
 */
final class SentBatch implements Concluded {

    /** Larger buffers are not kept for a part of them. */
    private static final int BUFFER_BYTES_MAX = 64 << 10;

    private enum State {
        /** It has used no statement. */
        FRESH,
        /** It can be repeated if its first use of a statement is refused. */
        OPEN,
        /** It cannot. */
        SPOILED
    }

    private State state = State.FRESH;
    /** The buffer that it arrived in, or a copy if that was more than one. */
    private @Nullable ByteBuf bytes;

    private int start;
    private int end;
    private boolean copied;
    private boolean empty;
    /** Its end is not the end of it. */
    private boolean withheld;

    private boolean refused;
    private final Undo firstUse = () -> refused = true;
    /** What it takes of the room that its client has. */
    private int cost;

    private final @Nullable BatchRepeat owner;
    /** What the client is to be told if it is not repeated. */
    private byte @Nullable [] error;

    /** @param owner hears of what is not kept any more */
    SentBatch(@Nullable BatchRepeat owner) {
        this.owner = owner;
    }

    /** As new. */
    SentBatch reset() {
        state = State.FRESH;
        cost = 0;
        start = 0;
        end = 0;
        copied = false;
        empty = false;
        withheld = false;
        refused = false;
        return this;
    }

    /** A Query, of which nothing has been answered if it is refused. */
    static SentBatch of(byte[] query) {
        SentBatch batch = new SentBatch(null);
        batch.state = State.OPEN;
        batch.bytes = Unpooled.wrappedBuffer(query);
        batch.copied = true;
        batch.end = query.length;
        batch.refused = true;
        return batch;
    }

    /** Its first use of a statement comes; false if it was not the first or came too late. */
    boolean open() {
        if (state != State.FRESH) {
            return false;
        }
        state = State.OPEN;
        return true;
    }

    /** Whether it is not as it was at first. */
    boolean isUsed() {
        return state != State.FRESH;
    }

    /** Nothing but a Sync is in it. */
    void openEmpty() {
        state = State.OPEN;
        empty = true;
    }

    boolean isEmpty() {
        return empty;
    }

    boolean isOpen() {
        return state == State.OPEN;
    }

    /** It does something that must not be done twice. */
    void spoil() {
        release();
        state = State.SPOILED;
    }

    /** As {@link #spoil}, unless a statement has been used before. */
    void spoilIfFresh() {
        if (state == State.FRESH) {
            state = State.SPOILED;
        }
    }

    /**
     * A part of it, which is there in {@code in} from {@code from} to {@code to}.
     *
     * @param shared whether the buffer is kept anyway
     * @return what it now keeps in bytes more than before
     */
    @SuppressWarnings("ReferenceEquality") // the same place in memory, not the same bytes
    int add(ByteBuf in, int from, int to, boolean shared) {
        ByteBuf kept = bytes;
        if (kept == null && in.capacity() <= BUFFER_BYTES_MAX) {
            bytes = in.retain();
            start = from;
            end = to;
            cost = shared ? 0 : in.capacity();
            return cost;
        }
        if (kept != null && !copied && kept == in && end == from) {
            end = to;
            return 0;
        }
        if (kept == null || !copied) {
            ByteBuf copy = Unpooled.buffer(Math.max(256, 2 * (end - start + to - from)));
            if (kept != null) {
                copy.writeBytes(kept, start, end - start);
                kept.release();
            }
            copied = true;
            start = 0;
            end = copy.writerIndex();
            bytes = copy;
            kept = copy;
        }
        kept.writeBytes(in, from, to - from);
        end = kept.writerIndex();
        cost += to - from;
        return to - from;
    }

    /** Whoever is told if the first use comes to nothing. */
    Undo firstUse(@Nullable Undo other) {
        return other instanceof Described described ? new FirstDescribed(described) : firstUse;
    }

    private final class FirstDescribed implements Described {
        private final Described asker;

        FirstDescribed(Described asker) {
            this.asker = asker;
        }

        @Override
        public void onDescribed(int shape) {
            asker.onDescribed(shape);
        }

        @Override
        public void undo() {
            refused = true;
            asker.undo();
        }
    }

    /** Whether PostgreSQL has refused its first use of a statement, so that nothing has happened. */
    boolean isRefused() {
        return refused && state == State.OPEN;
    }

    /** It is refused by this message, of which the client is not told yet. */
    void withhold(byte[] message) {
        error = message;
        withheld = true;
    }

    /** It is to be sent once more behind others. */
    void keep() {
        withheld = true;
    }

    /** The message of which the client has not been told. */
    byte @Nullable [] error() {
        return error;
    }

    int length() {
        return end - start;
    }

    void writeTo(ByteBuf out) {
        ByteBuf kept = bytes;
        if (kept != null) {
            out.writeBytes(kept, start, end - start);
        }
    }

    @Override
    public void onConcluded() {
        if (!withheld) {
            release(true);
        }
    }

    @Override
    public void undo() {
        onConcluded();
    }

    void release() {
        release(false);
    }

    private void release(boolean reusable) {
        ByteBuf kept = bytes;
        bytes = null;
        state = State.SPOILED;
        if (kept != null) {
            kept.release();
        }
        if (owner != null) {
            owner.onReleased(this, cost, reusable);
        }
        cost = 0;
    }
}
