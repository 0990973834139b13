package dev.weir.proxy.relay;

import dev.weir.proxy.wire.PgError;
import dev.weir.proxy.wire.ProtocolViolation;
import dev.weir.proxy.wire.SqlState;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * Walks the messages of one direction of one connection: a type byte and an int32 length that counts itself, then the body
 * ("Message Formats").
 *
 * <p>Types that a table of verdicts marks {@link #PASS} are stepped over unread, all others are shown to the
 * {@link MessageSink}. Neighbouring messages that go on leave as one run: the inbound buffer itself when nothing in it was
 * held back, else a retained slice of it. A message need not be complete to go on; its remaining bytes follow as they
 * arrive, so its size costs nothing. Only the beginning of a message that the sink must see more of is kept, in a buffer of
 * its own whose size the sink limits by what it asks for.
 *
 * <p>Confined to the connection's event loop.
 */
public final class MessageFramer {

    /** Type and length. */
    public static final int HEADER_BYTES = 5;

    /** Verdict: forward without telling the sink. */
    public static final byte PASS = 0;

    /** Verdict: ask the sink. */
    public static final byte ASK = 1;

    /** Verdict: not legal here. */
    public static final byte REJECT = 2;

    private final MessageSink sink;
    private final ByteBufAllocator allocator;
    private byte[] verdicts;

    /** Body bytes of the current message that have not arrived. */
    private long streaming;

    private boolean streamDiscarded;
    private @Nullable Watcher watcher;
    /** The beginning of what could not be walked, or everything unread while stopped. */
    private @Nullable ByteBuf held;

    private boolean stopped;

    /** The buffer under the walk; null outside of it. */
    private @Nullable ByteBuf walked;

    private int runStart;
    private int position;
    /** Bytes that have arrived behind the buffer under the walk. */
    private int outside;

    /** Is shown what comes of a message that is being forwarded. */
    @FunctionalInterface
    public interface Watcher {

        /**
         * The next piece of the body, before it goes on. {@code in} is borrowed and its indexes must not be moved.
         *
         * @param start absolute index
         * @param last whether the message ends with it
         */
        void onPiece(ByteBuf in, int start, int length, boolean last);
    }

    /** @param verdicts one entry for each of the 256 types */
    public MessageFramer(MessageSink sink, ByteBufAllocator allocator, byte[] verdicts) {
        this.sink = sink;
        this.allocator = allocator;
        this.verdicts = verdicts;
    }

    /** Changes the table, also in the middle of a walk: it holds from the next message on. */
    public void useVerdicts(byte[] table) {
        verdicts = table;
    }

    /** For the sink that is shown a message of which not all is here: shows {@code by} the rest, if it is forwarded. */
    public void watchRest(Watcher by) {
        watcher = by;
    }

    /** Whether the last byte read ended a message. */
    public boolean atMessageBoundary() {
        return streaming == 0 && held == null;
    }

    /** Whether a message that is being forwarded has not arrived completely. */
    public boolean isStreaming() {
        return streaming > 0 && !streamDiscarded;
    }

    /** Bytes still to come of the message that is being stepped over. */
    public long streamingBytes() {
        return streaming;
    }

    /** Whether it waits for {@link #resume}. */
    public boolean isStopped() {
        return stopped;
    }

    /** Bytes that wait for more of their message or for {@link #resume}. */
    public int heldBytes() {
        return held == null ? 0 : held.readableBytes();
    }

    /** Shows {@code by} the first message that waits for {@link #resume}, as far as it is here, behind its header. */
    public void showHeld(Watcher by) {
        ByteBuf in = held;
        if (in != null && stopped && in.readableBytes() >= HEADER_BYTES) {
            int start = in.readerIndex();
            int length = Math.min(in.readableBytes() - 1, in.getInt(start + 1)) - 4;
            by.onPiece(in, start + HEADER_BYTES, Math.max(length, 0), true);
        }
    }

    /**
     * Takes the next bytes; owns {@code in}.
     *
     * @throws ProtocolViolation on an impossible length or type; the framer is then of no further use
     */
    public void read(ByteBuf in) {
        if (held == null) {
            walk(in);
        } else if (stopped) {
            hold(in);
        } else {
            readBehindHeld(in);
        }
    }

    /** Goes on where a sink said {@link MessageSink#STOP}. */
    public void resume() {
        stopped = false;
        ByteBuf all = held;
        if (all != null) {
            held = null;
            walk(all);
        }
    }

    /** Walks messages that have been here before, in front of everything that waits; owns {@code in}. */
    public void readAgain(ByteBuf in) {
        ByteBuf rest = held;
        held = null;
        stopped = false;
        try {
            walk(in);
        } finally {
            if (rest != null) {
                read(rest);
            }
        }
    }

    /**
     * Hands the messages walked so far, up to the one under question, to the sink: for a sink that is about to write
     * something of its own behind them.
     */
    public void emitRun() {
        ByteBuf in = walked;
        if (in != null && position > runStart) {
            int start = runStart;
            runStart = position;
            sink.onRun(in.retainedSlice(start, position - start));
        }
    }

    /** For the sink that is shown a message: how many bytes have arrived behind it. */
    public int bytesBehind(int bodyStart, int bodyLength) {
        ByteBuf in = walked;
        return in == null ? 0 : Math.max(in.writerIndex() - bodyStart - bodyLength, 0) + outside;
    }

    /** Lets go of what is held. */
    public void release() {
        ReferenceCountUtil.release(held);
        held = null;
        stopped = false;
        streaming = 0;
        watcher = null;
    }

    private void walk(ByteBuf in) {
        walked = in;
        position = in.readerIndex();
        runStart = position;
        boolean handedOver = false;
        try {
            int end = in.writerIndex();
            continueStream(in, end);
            while (end - position >= HEADER_BYTES && step(in, end)) {
                // each step moves the position behind one message
            }
            int rest = end - position;
            if (rest > 0 && rest == in.readableBytes()) {
                held = in;
                handedOver = true;
            } else {
                if (rest > 0) {
                    held = allocator.buffer(rest).writeBytes(in, position, rest);
                }
                handedOver = emitLastRun(in);
            }
        } catch (ProtocolViolation violation) {
            emitRun(); // what was right before it counts as sent
            throw violation;
        } finally {
            walked = null;
            if (!handedOver) {
                in.release();
            }
        }
    }

    private void continueStream(ByteBuf in, int end) {
        if (streaming > 0) {
            int piece = (int) Math.min(streaming, end - position);
            streaming -= piece;
            Watcher watching = watcher;
            if (watching != null) {
                watcher = streaming == 0 ? null : watching;
                watching.onPiece(in, position, piece, streaming == 0);
            }
            position += piece;
            if (streamDiscarded) {
                runStart = position;
            }
        }
    }

    /** @return false when the walk cannot go behind this message */
    private boolean step(ByteBuf in, int end) {
        byte type = in.getByte(position);
        int length = in.getInt(position + 1);
        if (length < 4) {
            throw impossibleLength(type, length);
        }
        int bodyStart = position + HEADER_BYTES;
        int bodyLength = length - 4;
        int answer = MessageSink.FORWARD;
        byte verdict = verdicts[type & 0xff];
        if (verdict != PASS) {
            if (verdict == REJECT) {
                throw unexpectedType(type);
            }
            answer = sink.onMessage(type, in, bodyStart, bodyLength, Math.min(bodyLength, end - bodyStart));
        }
        if (answer == MessageSink.NEED_MORE) {
            return false;
        }
        if (answer == MessageSink.STOP) {
            stopped = true;
            return false;
        }
        if (answer >= 0) {
            runStart = bodyStart + answer;
        }
        long messageEnd = (long) bodyStart + bodyLength;
        streamDiscarded = answer == MessageSink.DISCARD;
        if (streamDiscarded) {
            emitRun();
            watcher = null;
        }
        if (messageEnd > end) {
            streaming = messageEnd - end;
            position = end;
        } else {
            position = (int) messageEnd;
        }
        if (streamDiscarded) {
            runStart = position;
        }
        return true;
    }

    /** @return whether the sink now owns {@code in} */
    private boolean emitLastRun(ByteBuf in) {
        int length = position - runStart;
        if (length <= 0) {
            return false;
        }
        if (length == in.readableBytes()) {
            sink.onRun(in);
            return true;
        }
        sink.onRun(in.retainedSlice(runStart, length));
        return false;
    }

    private void hold(ByteBuf in) {
        ByteBuf target = held;
        if (target == null) {
            held = in;
            return;
        }
        try {
            held = append(target, in, in.readableBytes());
        } finally {
            in.release();
        }
    }

    /** Completes the held beginning with as few bytes of {@code in} as it needs, and walks the rest where it lies. */
    private void readBehindHeld(ByteBuf in) {
        try {
            while (held != null && !stopped && in.isReadable()) {
                ByteBuf beginning = held;
                int have = beginning.readableBytes();
                int wanted = HEADER_BYTES - have;
                if (wanted <= 0) {
                    int length = beginning.getInt(beginning.readerIndex() + 1);
                    // What the sink needs of a long message is not known here: offer it in doubling portions.
                    wanted = (int) Math.min((long) length + 1 - have, Math.max(have, 64));
                }
                ByteBuf grown = append(beginning, in, Math.min(Math.max(wanted, 1), in.readableBytes()));
                held = null;
                outside = in.readableBytes();
                walk(grown);
                outside = 0;
            }
            if (!in.isReadable()) {
                return;
            }
            if (stopped) {
                held = held == null ? in.retain() : append(held, in, in.readableBytes());
            } else {
                walk(in.retain());
            }
        } finally {
            in.release();
        }
    }

    private ByteBuf append(ByteBuf beginning, ByteBuf in, int bytes) {
        if (beginning.isWritable(bytes) && beginning.refCnt() == 1 && !beginning.isReadOnly()) {
            return beginning.writeBytes(in, bytes);
        }
        int have = beginning.readableBytes();
        ByteBuf grown = allocator.buffer(Math.max(have + bytes, have * 2));
        grown.writeBytes(beginning, beginning.readerIndex(), have);
        grown.writeBytes(in, bytes);
        beginning.release();
        return grown;
    }

    private static ProtocolViolation impossibleLength(byte type, int length) {
        return new ProtocolViolation(PgError.fatal(
                SqlState.PROTOCOL_VIOLATION, "invalid message length " + length + " of message type " + shown(type)));
    }

    private static ProtocolViolation unexpectedType(byte type) {
        return new ProtocolViolation(
                PgError.fatal(SqlState.PROTOCOL_VIOLATION, "unexpected message type " + shown(type)));
    }

    private static String shown(byte type) {
        return type > 0x20 && type < 0x7f
                ? "'" + (char) type + "'"
                : String.format(java.util.Locale.ROOT, "0x%02x", type & 0xff);
    }
}
