package dev.weir.proxy.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;

/// The parts that every message is written with: type byte, back-patched length, terminated strings.
final class MessageFrame {
    private static final int LENGTH_BYTES = 4;

    private MessageFrame() {}

    /// Writes the type and a place for the length; returns where that is, for [#end].
    static int begin(ByteBuf out, byte type) {
        out.writeByte(type);
        return beginUntyped(out);
    }

    /// As [#begin], for the packets before the login, which have no type.
    static int beginUntyped(ByteBuf out) {
        int lengthIndex = out.writerIndex();
        out.writeInt(0);
        return lengthIndex;
    }

    /// Fills in the length, which counts itself but not the type.
    static void end(ByteBuf out, int lengthIndex) {
        out.setInt(lengthIndex, out.writerIndex() - lengthIndex);
    }

    /// A message without a body.
    static void empty(ByteBuf out, byte type) {
        out.writeByte(type);
        out.writeInt(LENGTH_BYTES);
    }

    /// A terminated string in UTF-8.
    ///
    /// @throws IllegalArgumentException if the text has a NUL in it, which would end it early and let the rest
    ///     be read as something else
    static void cString(ByteBuf out, String text) {
        if (text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("a string of the protocol cannot contain NUL");
        }
        ByteBufUtil.writeUtf8(out, text);
        out.writeByte(0);
    }

    /// An int16 that counts something.
    static void count(ByteBuf out, int count) {
        if (count < 0 || count > 0xffff) {
            throw new IllegalArgumentException("count: " + count + " (expected: <= 65535)");
        }
        out.writeShort(count);
    }
}
