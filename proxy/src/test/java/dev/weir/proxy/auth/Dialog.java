package dev.weir.proxy.auth;

import dev.weir.proxy.wire.BackendType;
import dev.weir.proxy.wire.FrontendType;
import dev.weir.proxy.wire.Messages;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;

/// Lets [ClientAuthentication] and [ServerAuthentication] talk to each other until one of them has a verdict. Derives
/// on the spot, and counts how often that was asked for.
final class Dialog implements AutoCloseable {
    private final ByteBuf toClient = Unpooled.buffer();
    private final ByteBuf toServer = Unpooled.buffer();
    private final List<Integer> requests = new ArrayList<>();
    private int clientSideDerivations;
    private int serverSideDerivations;

    /// @param asked the one who wants to know who it is
    /// @param asking the one who wants in
    Verdict run(ClientAuthentication asked, ServerAuthentication asking) {
        ClientAuthentication.Outcome verdict = asked.start(toClient);
        ServerAuthentication.Outcome login = new ServerAuthentication.Outcome.Continue();
        while (verdict instanceof ClientAuthentication.Outcome.Continue
                && login instanceof ServerAuthentication.Outcome.Continue) {
            login = feed(asking);
            if (login instanceof ServerAuthentication.Outcome.Continue && toServer.isReadable()) {
                verdict = feed(asked);
            }
        }
        if (verdict instanceof ClientAuthentication.Outcome.Success) {
            Messages.authenticationOk(toClient);
            while (login instanceof ServerAuthentication.Outcome.Continue && toClient.isReadable()) {
                login = feed(asking);
            }
        }
        return new Verdict(verdict, login);
    }

    private ServerAuthentication.Outcome feed(ServerAuthentication asking) {
        ByteBuf body = take(toClient, BackendType.AUTHENTICATION);
        requests.add(body.getInt(body.readerIndex()));
        ServerAuthentication.Outcome login = asking.onAuthentication(body, toServer);
        if (login instanceof ServerAuthentication.Outcome.Derive derive) {
            clientSideDerivations++;
            derive.work().run();
            login = asking.resume(toServer);
        }
        return login;
    }

    private ClientAuthentication.Outcome feed(ClientAuthentication asked) {
        return settle(asked, asked.onPassword(take(toServer, FrontendType.PASSWORD), toClient));
    }

    private ClientAuthentication.Outcome settle(ClientAuthentication asked, ClientAuthentication.Outcome outcome) {
        if (outcome instanceof ClientAuthentication.Outcome.Derive derive) {
            serverSideDerivations++;
            derive.work().run();
            return asked.resume(toClient);
        }
        return outcome;
    }

    /// The body of the next message, which must be all there.
    static ByteBuf take(ByteBuf from, byte type) {
        byte actual = from.readByte();
        if (actual != type) {
            throw new AssertionError("expected " + (char) type + ", got " + (char) actual);
        }
        return from.readSlice(from.readInt() - Integer.BYTES);
    }

    /// The codes of the Authentication messages that went to the one who wants in.
    List<Integer> requests() {
        return requests;
    }

    int clientSideDerivations() {
        return clientSideDerivations;
    }

    int serverSideDerivations() {
        return serverSideDerivations;
    }

    @Override
    public void close() {
        if (!toClient.release() || !toServer.release()) {
            throw new AssertionError("a buffer is still held");
        }
    }

    /// What both sides think in the end.
    record Verdict(ClientAuthentication.Outcome asked, ServerAuthentication.Outcome asking) {}
}
