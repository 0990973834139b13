package dev.weir.proxy.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/// A cursor over the body of one message that never reads past its end. Borrows the buffer and does not move its
/// indexes. Confined to the thread that made it.
public final class FieldReader {
    private final ByteBuf buf;
    private final int end;
    private int position;

    /// A cursor at the first byte of a body that is completely there.
    ///
    /// @param bodyStart absolute index in the buffer
    /// @param bodyLength in bytes
    public FieldReader(ByteBuf buf, int bodyStart, int bodyLength) {
        if (bodyStart < 0 || bodyLength < 0 || bodyLength > buf.writerIndex() - bodyStart) {
            throw new IndexOutOfBoundsException(
                    "body at " + bodyStart + ", " + bodyLength + " bytes, is not in " + buf);
        }
        this.buf = buf;
        this.position = bodyStart;
        this.end = bodyStart + bodyLength;
    }

    /// A cursor over all readable bytes.
    public FieldReader(ByteBuf body) {
        this(body, body.readerIndex(), body.readableBytes());
    }

    /// Absolute index of the next byte.
    public int position() {
        return position;
    }

    /// How many bytes of the body are left.
    public int remaining() {
        return end - position;
    }

    /// The next byte.
    public byte int8() {
        return buf.getByte(take(1));
    }

    /// The next two bytes, signed.
    public short int16() {
        return buf.getShort(take(2));
    }

    /// The next two bytes as a count, 0 to 65535.
    public int count() {
        return buf.getUnsignedShort(take(2));
    }

    /// The next four bytes, signed.
    public int int32() {
        return buf.getInt(take(4));
    }

    /// A copy of the next bytes.
    ///
    /// @throws ProtocolViolation if fewer are left; nothing is allocated then
    public byte[] bytes(int length) {
        int from = take(length);
        byte[] bytes = new byte[length];
        buf.getBytes(from, bytes);
        return bytes;
    }

    /// All that is left, copied.
    public byte[] rest() {
        return bytes(remaining());
    }

    /// Steps over bytes.
    public void skip(int length) {
        take(length);
    }

    /// Steps over a terminated string, whatever is in it, and returns its length without the terminator.
    public int skipCString() {
        int start = position;
        return terminator() - start;
    }

    /// A terminated string, which must be UTF-8: two names that differ must not become one by replacement.
    public String cString() {
        byte[] bytes = cStringBytes();
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException _) {
            throw new ProtocolViolation(PgError.fatal(
                    SqlState.CHARACTER_NOT_IN_REPERTOIRE, "invalid byte sequence for encoding \"UTF8\" in message"));
        }
    }

    /// A terminated string for people to read: what is not UTF-8 is replaced.
    public String cStringLossy() {
        return new String(cStringBytes(), StandardCharsets.UTF_8);
    }

    /// The bytes of a terminated string, without the terminator.
    public byte[] cStringBytes() {
        int start = position;
        return ByteBufUtil.getBytes(buf, start, terminator() - start, true);
    }

    /// Demands that nothing is left.
    public void end() {
        if (position != end) {
            throw new ProtocolViolation("invalid message format");
        }
    }

    private int terminator() {
        int found = buf.indexOf(position, end, (byte) 0);
        if (found < 0) {
            throw new ProtocolViolation("invalid string in message");
        }
        position = found + 1;
        return found;
    }

    private int take(int length) {
        if (length < 0 || length > remaining()) {
            throw new ProtocolViolation("insufficient data left in message");
        }
        int from = position;
        position += length;
        return from;
    }
}
