package dev.weir.proxy.admin;

import dev.weir.console.command.SessionParameters;
import dev.weir.proxy.wire.Messages;
import dev.weir.proxy.wire.TransactionStatus;
import io.netty.buffer.ByteBuf;

/// What a client of the console is told when its login is over.
public final class ConsoleWelcome {

    private ConsoleWelcome() {}

    /// Writes AuthenticationOk, ParameterStatus for every parameter, BackendKeyData and ReadyForQuery.
    ///
    /// @param pid the process id of the cancel key
    /// @param secret the secret of the cancel key, 4 to 256 bytes
    public static void write(ByteBuf out, int pid, byte[] secret) {
        Messages.authenticationOk(out);
        SessionParameters.WELCOME.forEach((name, value) -> Messages.parameterStatus(out, name, value));
        Messages.backendKeyData(out, pid, secret);
        Messages.readyForQuery(out, TransactionStatus.IDLE);
    }
}
