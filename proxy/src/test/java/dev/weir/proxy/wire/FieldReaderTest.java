package dev.weir.proxy.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class FieldReaderTest {
    private final ByteBuf buf = Unpooled.buffer();

    @AfterEach
    void release() {
        assertThat(buf.release()).isTrue();
    }

    @Test
    void readsFieldsInOrderWithoutMovingTheBuffer() {
        buf.writeByte(9)
                .writeByte(1)
                .writeShort(-2)
                .writeShort(0xfffe)
                .writeInt(-3)
                .writeBytes(new byte[] {'a', 0, 5});
        FieldReader reader = new FieldReader(buf, 1, buf.readableBytes() - 1);
        assertThat(reader.int8()).isEqualTo((byte) 1);
        assertThat(reader.int16()).isEqualTo((short) -2);
        assertThat(reader.count()).isEqualTo(0xfffe);
        assertThat(reader.int32()).isEqualTo(-3);
        assertThat(reader.cString()).isEqualTo("a");
        assertThat(reader.remaining()).isEqualTo(1);
        assertThatThrownBy(reader::end).isInstanceOf(ProtocolViolation.class);
        assertThat(reader.rest()).containsExactly(5);
        reader.end();
        assertThat(buf.readerIndex()).isZero();
    }

    static List<Consumer<FieldReader>> greedy() {
        return List.of(
                FieldReader::int32,
                reader -> reader.bytes(4),
                reader -> reader.bytes(-1),
                reader -> reader.bytes(Integer.MAX_VALUE),
                reader -> reader.skip(4),
                FieldReader::cString,
                FieldReader::skipCString,
                reader -> {
                    reader.skip(2);
                    reader.int16();
                },
                reader -> {
                    reader.skip(3);
                    reader.int8();
                });
    }

    @ParameterizedTest
    @MethodSource("greedy")
    void neverReadsPastTheBody(Consumer<FieldReader> greedy) {
        // Behind the three bytes of the body lies the next message.
        buf.writeBytes(new byte[] {'a', 'b', 'c', 0, 0, 0, 0, 0});
        FieldReader reader = new FieldReader(buf, 0, 3);
        assertThatThrownBy(() -> greedy.accept(reader)).isInstanceOf(ProtocolViolation.class);
    }

    @Test
    void refusesNamesThatAreNotUtf8ButShowsThem() {
        buf.writeBytes(new byte[] {(byte) 0xe4, 0});
        assertThatThrownBy(() -> new FieldReader(buf).cString())
                .isInstanceOfSatisfying(
                        ProtocolViolation.class,
                        violation -> assertThat(violation.error().sqlState()).isEqualTo("22021"));
        assertThat(new FieldReader(buf).cStringLossy()).isEqualTo("\ufffd");
        assertThat(new FieldReader(buf).cStringBytes()).containsExactly(0xe4);
        assertThat(new FieldReader(buf).skipCString()).isEqualTo(1);
    }

    @Test
    void refusesABodyThatIsNotThere() {
        buf.writeInt(0);
        assertThatThrownBy(() -> new FieldReader(buf, 2, 3)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> new FieldReader(buf, 2, Integer.MAX_VALUE))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }
}
