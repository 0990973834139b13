package dev.weir.proxy.relay;

import dev.weir.proxy.wire.ProtocolViolation;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;

/**
 * What a sink answers to the messages it is asked about, and two ways to find out what must come of it: a walk over all
 * bytes at once, written down here without any buffers, and a real framer that gets the same bytes in pieces.
 */
final class FramerScript {

    private static final byte[] OWN = {'o', 'w', 'n'};

    private enum Kind {
        FORWARD,
        DISCARD,
        REPLACE_HEAD,
        REPLACE_ALL,
        INSERT_BEFORE
    }

    /**
     * @param needed body bytes without which the sink does not decide
     * @param stops whether it stops in front of the message once
     */
    private record Step(Kind kind, int needed, boolean stops) {}

    /** What a walk leads to. */
    record Outcome(String forwarded, List<String> seen, boolean violated) {}

    private final long seed;
    private final boolean plain;

    private FramerScript(long seed, boolean plain) {
        this.seed = seed;
        this.plain = plain;
    }

    /** A sink that does all it may, as the seed has it. */
    static FramerScript random(long seed) {
        return new FramerScript(seed, false);
    }

    /** A sink that forwards everything. */
    static FramerScript forwarding() {
        return new FramerScript(0, true);
    }

    private Step step(int index) {
        if (plain) {
            return new Step(Kind.FORWARD, 0, false);
        }
        Random random = new Random(seed * 1_000_003 + index);
        random.nextInt();
        Kind kind = Kind.values()[random.nextInt(Kind.values().length)];
        return new Step(kind, random.nextBoolean() ? 0 : random.nextInt(300), random.nextInt(4) == 0);
    }

    /** What must come of these bytes, however they arrive. */
    Outcome expect(byte[] input, byte[] verdicts) {
        ByteArrayOutputStream forwarded = new ByteArrayOutputStream();
        List<String> seen = new ArrayList<>();
        ByteBuffer in = ByteBuffer.wrap(input);
        while (in.remaining() >= MessageFramer.HEADER_BYTES) {
            int start = in.position();
            byte type = in.get();
            int length = in.getInt();
            int bodyLength = length - 4;
            byte verdict = verdicts[type & 0xff];
            if (length < 4 || verdict == MessageFramer.REJECT) {
                return new Outcome(hex(forwarded.toByteArray()), seen, true);
            }
            int here = Math.min(bodyLength, in.remaining());
            int from = start;
            int to = in.position() + here;
            if (verdict == MessageFramer.ASK) {
                Step step = step(seen.size());
                int needed = Math.min(step.needed, bodyLength);
                if (here < needed) {
                    break;
                }
                seen.add(describe(type, bodyLength, Arrays.copyOfRange(input, in.position(), in.position() + needed)));
                if (step.kind != Kind.FORWARD && step.kind != Kind.DISCARD) {
                    forwarded.writeBytes(OWN);
                }
                switch (step.kind) {
                    case FORWARD, INSERT_BEFORE -> {}
                    case REPLACE_HEAD -> from = in.position() + needed;
                    case DISCARD, REPLACE_ALL -> from = to;
                }
            }
            forwarded.write(input, from, to - from);
            in.position(to);
        }
        return new Outcome(hex(forwarded.toByteArray()), seen, false);
    }

    /** Lets a framer read the bytes, cut at the given places; random decides in what buffers they come. */
    Outcome run(byte[] input, byte[] verdicts, List<Integer> cuts, Random random) {
        UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false);
        Sink sink = new Sink(allocator, verdicts);
        boolean violated = false;
        try {
            int start = 0;
            List<Integer> ends = new ArrayList<>(cuts);
            Collections.sort(ends);
            ends.add(input.length);
            for (int end : ends) {
                sink.framer.read(buffer(allocator, input, start, end, random));
                start = end;
                if (random.nextBoolean()) {
                    sink.resumeIfStopped();
                }
            }
            while (sink.stopped) {
                sink.resumeIfStopped();
            }
        } catch (ProtocolViolation violation) {
            violated = true;
        }
        sink.framer.release();
        if (allocator.metric().usedHeapMemory() != 0) {
            throw new AssertionError("bytes not released: " + allocator.metric().usedHeapMemory());
        }
        return new Outcome(hex(sink.forwarded.toByteArray()), sink.seen, violated);
    }

    private static ByteBuf buffer(UnpooledByteBufAllocator allocator, byte[] input, int start, int end, Random random) {
        int length = end - start;
        return switch (random.nextInt(4)) {
            case 0 -> allocator.buffer(length + 512).writeBytes(input, start, length);
            case 1 -> allocator.buffer(Math.max(1, length), Math.max(1, length)).writeBytes(input, start, length);
            case 2 -> allocator.buffer(length + 7).writeZero(7).skipBytes(7).writeBytes(input, start, length);
            default -> {
                ByteBuf whole = allocator.buffer(length + 8).writeZero(4).writeBytes(input, start, length);
                ByteBuf slice = whole.writeZero(4).retainedSlice(4, length);
                whole.release();
                yield slice;
            }
        };
    }

    private static String describe(byte type, int bodyLength, byte[] beginning) {
        return (type & 0xff) + ":" + bodyLength + ":" + hex(beginning);
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    private final class Sink implements MessageSink {

        private final MessageFramer framer;
        private final ByteArrayOutputStream forwarded = new ByteArrayOutputStream();
        private final List<String> seen = new ArrayList<>();
        private int stoppedBefore;
        private boolean stopped;

        Sink(UnpooledByteBufAllocator allocator, byte[] verdicts) {
            framer = new MessageFramer(this, allocator, verdicts);
        }

        void resumeIfStopped() {
            if (stopped) {
                stopped = false;
                framer.resume();
            }
        }

        @Override
        public int onMessage(byte type, ByteBuf in, int bodyStart, int bodyLength, int available) {
            if (stopped) {
                throw new AssertionError("asked while stopped");
            }
            if (available > bodyLength || bodyStart + available > in.writerIndex()) {
                throw new AssertionError("offers bytes that are not of this message");
            }
            Step step = step(seen.size());
            if (step.stops && stoppedBefore == seen.size()) {
                stoppedBefore++;
                stopped = true;
                return STOP;
            }
            int needed = Math.min(step.needed, bodyLength);
            if (available < needed) {
                return NEED_MORE;
            }
            byte[] beginning = new byte[needed];
            in.getBytes(bodyStart, beginning);
            seen.add(describe(type, bodyLength, beginning));
            stoppedBefore = seen.size();
            if (step.kind != Kind.FORWARD && step.kind != Kind.DISCARD) {
                framer.emitRun();
                forwarded.writeBytes(OWN);
            }
            return switch (step.kind) {
                case FORWARD, INSERT_BEFORE -> FORWARD;
                case DISCARD, REPLACE_ALL -> DISCARD;
                case REPLACE_HEAD -> needed;
            };
        }

        @Override
        public void onRun(ByteBuf run) {
            byte[] bytes = new byte[run.readableBytes()];
            run.readBytes(bytes);
            run.release();
            forwarded.writeBytes(bytes);
        }
    }
}
