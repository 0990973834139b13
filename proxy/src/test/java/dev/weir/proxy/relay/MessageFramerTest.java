package dev.weir.proxy.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.proxy.wire.ProtocolViolation;
import dev.weir.proxy.wire.SqlState;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class MessageFramerTest {

    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false);
    private final Deque<Integer> answers = new ArrayDeque<>();
    private final List<String> asked = new ArrayList<>();
    private final List<ByteBuf> runs = new ArrayList<>();
    private final byte[] verdicts = table(MessageFramer.ASK);
    private final MessageFramer framer = new MessageFramer(new Sink(), allocator, verdicts);

    @AfterEach
    void everyBufferIsLetGo() {
        framer.release();
        runs.forEach(ByteBuf::release);
        assertThat(allocator.metric().usedHeapMemory()).isZero();
    }

    @Test
    void neighboursLeaveAsTheBufferTheyCameIn() {
        ByteBuf in = bytes("Qabc", "S");

        framer.read(in);

        assertThat(runs).hasSize(1).first().isSameAs(in);
        assertThat(asked).containsExactly("Q 3/3", "S 0/0");
        assertThat(framer.atMessageBoundary()).isTrue();
    }

    @Test
    void theRestOfAMessageIsShownBeforeItGoesOn() {
        StringBuilder seen = new StringBuilder();
        framer.read(bytes("Qabc", "Q0123456789").writerIndex(8 + 5 + 4));
        framer.watchRest((in, start, length, last) -> seen.append(in.toString(start, length, StandardCharsets.US_ASCII))
                .append(last ? "." : ",")
                .append(runs.size()));

        framer.read(Unpooled.copiedBuffer("45", StandardCharsets.US_ASCII));
        framer.read(Unpooled.copiedBuffer("6789", StandardCharsets.US_ASCII));
        framer.read(bytes("Qabc"));

        assertThat(seen).hasToString("45,16789.2");
    }

    @Test
    void aHugeMessageStreamsWithoutBeingKept() {
        byte[] piece = new byte[1 << 16];
        framer.read(allocator.buffer().writeByte('d').writeInt(Integer.MAX_VALUE));
        long body = Integer.MAX_VALUE - 4L;
        assertThat(framer.isStreaming()).isTrue();

        while (body > 0) {
            ByteBuf in = allocator.buffer(piece.length).writeBytes(piece, 0, (int) Math.min(body, piece.length));
            body -= in.readableBytes();
            framer.read(in);
            assertThat(runs.removeLast()).isSameAs(in);
            assertThat(in.release()).isTrue();
            assertThat(framer.heldBytes()).isZero();
            assertThat(framer.isStreaming()).isEqualTo(body > 0);
        }

        framer.read(bytes("S"));
        assertThat(asked).containsExactly("d 2147483643/0", "S 0/0");
    }

    @Test
    void keepsOfALongMessageOnlyWhatTheSinkAsksFor() {
        answersMoreUntil(1000);
        framer.read(allocator.buffer().writeByte('P').writeInt(1 << 30));
        for (int i = 0; i < 9; i++) {
            framer.read(allocator.buffer(100).writeZero(100));
            assertThat(framer.heldBytes()).isBetween(5 + i * 100, 5 + (i + 1) * 100);
        }

        framer.read(allocator.buffer(1 << 16).writeZero(1 << 16));

        assertThat(framer.heldBytes()).isZero();
        assertThat(framer.isStreaming()).isTrue();
        assertThat(forwarded()).hasSize(2 * (5 + 900 + (1 << 16)));
        assertThat(runs.getFirst().capacity()).isLessThan(5000);
    }

    @Test
    void asksAgainWithMoreOfTheBody() {
        answersMoreUntil(3);

        for (String piece : List.of("P\0\0\0\10a", "b", "c")) {
            framer.read(raw(piece));
        }

        assertThat(asked).containsExactly("P 4/1", "P 4/2", "P 4/3");
        assertThat(framer.isStreaming()).isTrue();
        framer.read(raw("d"));
        assertThat(text()).isEqualTo("P\0\0\0\10abcd");
        assertThat(framer.atMessageBoundary()).isTrue();
    }

    @Test
    void aDiscardedMessageGoesNowhereThoughItArrivesInPieces() {
        answers.add(MessageSink.DISCARD);

        framer.read(raw("D\0\0\0\10a"));
        assertThat(framer.isStreaming()).isFalse();
        assertThat(framer.atMessageBoundary()).isFalse();
        framer.read(raw("bc"));
        framer.read(raw("dS\0\0\0\4"));

        assertThat(text()).isEqualTo("S\0\0\0\4");
    }

    @Test
    void aDiscardedMessageIsCutOutOfItsNeighbours() {
        answers.addAll(List.of(MessageSink.FORWARD, MessageSink.DISCARD, MessageSink.FORWARD));

        framer.read(raw("A\0\0\0\4D\0\0\0\5xS\0\0\0\4"));

        assertThat(text()).isEqualTo("A\0\0\0\4S\0\0\0\4");
    }

    @Test
    void aHeadThatTheSinkReplacedIsNotForwarded() {
        answers.addAll(List.of(MessageSink.FORWARD, 2));

        framer.read(raw("A\0\0\0\4B\0\0\0\10abc"));
        framer.read(raw("d"));

        assertThat(text()).isEqualTo("A\0\0\0\4cd");
    }

    @Test
    void keepsAllBehindAMessageItStoppedAtUntilItGoesOn() {
        answers.addAll(List.of(MessageSink.FORWARD, MessageSink.STOP));

        framer.read(raw("A\0\0\0\4Q\0\0\0\5x"));
        framer.read(raw("S\0\0"));
        framer.read(raw("\0\4"));

        assertThat(text()).isEqualTo("A\0\0\0\4");
        assertThat(framer.heldBytes()).isEqualTo(11);
        assertThat(asked).containsExactly("A 0/0", "Q 1/1");

        framer.resume();

        assertThat(text()).isEqualTo("A\0\0\0\4Q\0\0\0\5xS\0\0\0\4");
        assertThat(framer.heldBytes()).isZero();
    }

    @Test
    void whatIsReadAgainComesInFrontOfAllThatWaits() {
        answers.add(MessageSink.STOP);
        framer.read(bytes("Qlater", "S"));
        framer.read(bytes("Qlast"));
        asked.clear();

        framer.readAgain(bytes("Bfirst", "S"));

        assertThat(asked).containsExactly("B 5/5", "S 0/0", "Q 5/5", "S 0/0", "Q 4/4");
        assertThat(framer.heldBytes()).isZero();
    }

    @Test
    void whatIsReadAgainMayBeStopped() {
        answers.add(MessageSink.STOP);
        framer.read(bytes("Qlater"));
        asked.clear();
        answers.addAll(List.of(MessageSink.FORWARD, MessageSink.STOP));

        framer.readAgain(bytes("Bfirst", "S"));

        assertThat(framer.isStopped()).isTrue();
        framer.resume();
        assertThat(asked).containsExactly("B 5/5", "S 0/0", "S 0/0", "Q 5/5");
    }

    @Test
    void maybeStoppedAgainAtTheSameMessage() {
        answers.addAll(List.of(MessageSink.STOP, MessageSink.STOP));

        framer.read(raw("Q\0\0\0\4"));
        framer.resume();
        framer.read(raw("S\0\0\0\4"));
        assertThat(text()).isEmpty();
        framer.resume();

        assertThat(text()).isEqualTo("Q\0\0\0\4S\0\0\0\4");
    }

    @Test
    void resumingWhereNothingWaitsDoesNothing() {
        framer.resume();

        framer.read(raw("Q\0\0\0\4"));

        assertThat(text()).isEqualTo("Q\0\0\0\4");
    }

    @Test
    void aTableChangedDuringTheWalkHoldsFromTheNextMessageOn() {
        MessageFramer[] own = new MessageFramer[1];
        Sink changing = new Sink() {
            @Override
            public int onMessage(byte type, ByteBuf in, int bodyStart, int bodyLength, int available) {
                own[0].useVerdicts(table(MessageFramer.PASS));
                return super.onMessage(type, in, bodyStart, bodyLength, available);
            }
        };
        own[0] = new MessageFramer(changing, allocator, verdicts);

        own[0].read(raw("A\0\0\0\4B\0\0\0\4C\0\0\0\4"));

        assertThat(asked).containsExactly("A 0/0");
        assertThat(text()).isEqualTo("A\0\0\0\4B\0\0\0\4C\0\0\0\4");
    }

    @ParameterizedTest
    @CsvSource({"3", "0", "-1", "-2147483648"})
    void aLengthThatDoesNotCountItselfIsAViolation(int length) {
        ByteBuf in = bytes("A").writeByte('Q').writeInt(length).writeZero(20);

        assertThatThrownBy(() -> framer.read(in))
                .isInstanceOfSatisfying(ProtocolViolation.class, violation -> {
                    assertThat(violation.error().sqlState()).isEqualTo(SqlState.PROTOCOL_VIOLATION.code());
                    assertThat(violation.error().endsSession()).isTrue();
                })
                .hasMessage("invalid message length " + length + " of message type 'Q'");

        assertThat(text()).as("what was right before").isEqualTo("A\0\0\0\4");
    }

    @Test
    void eachOfThe256TypesIsTreatedAsItsVerdictSays() {
        for (int type = 0; type < 256; type++) {
            for (byte verdict : new byte[] {MessageFramer.PASS, MessageFramer.ASK, MessageFramer.REJECT}) {
                // all others are treated in another way
                Arrays.fill(verdicts, verdict == MessageFramer.PASS ? MessageFramer.ASK : MessageFramer.PASS);
                verdicts[type] = verdict;
                String as = "type " + type + " verdict " + verdict;
                ByteBuf in = allocator.buffer().writeByte(type).writeInt(5).writeByte('b');
                String whole = in.toString(StandardCharsets.ISO_8859_1);
                boolean violated = false;
                try {
                    framer.read(in);
                } catch (ProtocolViolation violation) {
                    violated = true;
                    assertThat(violation).as(as).hasMessage("unexpected message type " + shown(type));
                }
                assertThat(violated).as(as).isEqualTo(verdict == MessageFramer.REJECT);
                assertThat(text()).as(as).isEqualTo(violated ? "" : whole);
                assertThat(asked).as(as).hasSize(verdict == MessageFramer.ASK ? 1 : 0);
                runs.forEach(ByteBuf::release);
                runs.clear();
                asked.clear();
            }
        }
    }

    private static String shown(int type) {
        return type > 32 && type < 127 ? "'" + (char) type + "'" : String.format("0x%02x", type);
    }

    @Test
    void aHeaderIsNotJudgedBeforeItIsComplete() {
        verdicts['Z'] = MessageFramer.REJECT;

        framer.read(raw("Z\0\0\0"));

        assertThat(framer.heldBytes()).isEqualTo(4);
        assertThat(framer.atMessageBoundary()).isFalse();
        assertThatThrownBy(() -> framer.read(raw("\4"))).isInstanceOf(ProtocolViolation.class);
        assertThat(framer.heldBytes()).isZero();
    }

    @Test
    void releaseForgetsTheMessageItWasIn() {
        framer.read(raw("Q\0\0\0\100a"));
        framer.release();

        assertThat(framer.atMessageBoundary()).isTrue();
        assertThat(framer.isStreaming()).isFalse();
    }

    /** NEED_MORE until so many bytes of the body are there. */
    private void answersMoreUntil(int bodyBytes) {
        answers.add(-1000 - bodyBytes);
    }

    private static byte[] table(byte verdict) {
        byte[] table = new byte[256];
        Arrays.fill(table, verdict);
        return table;
    }

    /** Messages, each given by its type and its body. */
    private ByteBuf bytes(String... messages) {
        ByteBuf out = allocator.buffer();
        for (String message : messages) {
            out.writeByte(message.charAt(0)).writeInt(3 + message.length());
            out.writeCharSequence(message.substring(1), StandardCharsets.ISO_8859_1);
        }
        return out;
    }

    private ByteBuf raw(String bytes) {
        return allocator.buffer().writeBytes(bytes.getBytes(StandardCharsets.ISO_8859_1));
    }

    private String forwarded() {
        StringBuilder all = new StringBuilder();
        runs.forEach(run -> all.append(ByteBufUtil.hexDump(run)));
        return all.toString();
    }

    private String text() {
        StringBuilder all = new StringBuilder();
        runs.forEach(run -> all.append(run.toString(StandardCharsets.ISO_8859_1)));
        return all.toString();
    }

    /** Answers what the test has laid down, else forwards. */
    private class Sink implements MessageSink {

        @Override
        public int onMessage(byte type, ByteBuf in, int bodyStart, int bodyLength, int available) {
            asked.add((char) (type & 0xff) + " " + bodyLength + "/" + available);
            int answer = answers.isEmpty() ? FORWARD : answers.peek();
            if (answer <= -1000 && available < Math.min(bodyLength, -1000 - answer)) {
                return NEED_MORE;
            }
            answers.poll();
            if (answer >= 0) {
                framer.emitRun();
            }
            return answer <= -1000 ? FORWARD : answer;
        }

        @Override
        public void onRun(ByteBuf run) {
            runs.add(run);
        }
    }
}
