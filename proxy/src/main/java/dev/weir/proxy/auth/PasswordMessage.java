package dev.weir.proxy.auth;

import dev.weir.proxy.wire.FieldReader;
import dev.weir.proxy.wire.ProtocolViolation;
import io.netty.buffer.ByteBuf;

/// The body of a PasswordMessage: one terminated string, nothing else.
final class PasswordMessage {
    private PasswordMessage() {}

    static byte[] read(ByteBuf body) {
        FieldReader reader = new FieldReader(body);
        byte[] password;
        try {
            password = reader.cStringBytes();
            reader.end();
        } catch (ProtocolViolation _) {
            throw new ProtocolViolation("invalid password packet size");
        }
        return password;
    }
}
