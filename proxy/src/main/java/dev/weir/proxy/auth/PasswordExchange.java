package dev.weir.proxy.auth;

import dev.weir.proxy.auth.ClientAuthentication.Outcome;
import dev.weir.proxy.wire.ProtocolViolation;
import io.netty.buffer.ByteBuf;

/// One way to ask a client for its password. Used by [ClientAuthentication] alone.
sealed interface PasswordExchange permits PlainExchange, Md5Exchange, ScramExchange {
    /// Writes the first request.
    void start(ByteBuf out);

    /// Takes the client's answer.
    ///
    /// @throws ProtocolViolation if it is malformed; [#malformed] then makes the outcome
    Outcome onMessage(ByteBuf body, ByteBuf out);

    /// What a malformed answer comes to.
    Outcome malformed(ProtocolViolation violation);

    /// Goes on after a derivation.
    Outcome resume(ByteBuf out);
}
