package dev.weir.proxy.auth;

import dev.weir.proxy.wire.Messages;
import dev.weir.proxy.wire.ProtocolViolation;
import io.netty.buffer.ByteBuf;

/// Asks a client for its password in plain, for somebody else to check.
public final class CleartextRequest {
    private CleartextRequest() {}

    /// Writes AuthenticationCleartextPassword.
    public static void write(ByteBuf out) {
        Messages.authenticationCleartextPassword(out);
    }

    /// The password in the body of a PasswordMessage, possibly empty.
    ///
    /// @throws ProtocolViolation if it is malformed, or not UTF-8
    public static String read(ByteBuf body) {
        if (body.readableBytes() > ClientAuthentication.MAX_PASSWORD_BODY_BYTES) {
            throw new ProtocolViolation("password too long");
        }
        String password = SaslPrep.decode(PasswordMessage.read(body));
        if (password == null) {
            throw new ProtocolViolation("invalid byte sequence in password");
        }
        return password;
    }
}
