package dev.weir.proxy.admin;

import dev.weir.proxy.client.ClientLogin;
import dev.weir.proxy.client.ClientServices;
import dev.weir.proxy.client.ClientSession;
import dev.weir.proxy.client.ReplicationSession;
import dev.weir.proxy.net.Worker;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFutureListener;
import java.util.List;

/// `KILL_CLIENT` on one event loop: whoever has the number is told and closed.
final class ClientKill {

    private ClientKill() {}

    /// Runs on the worker's loop.
    ///
    /// @return whether the client was there
    static boolean carryOut(ClientServices clients, Worker worker, long id) {
        for (ClientSession session : List.copyOf(clients.clients().sessions(worker))) {
            if (session.login().id() == id) {
                session.closeWithError(clients.errors().killed());
                return true;
            }
        }
        for (ReplicationSession session : List.copyOf(clients.clients().replications(worker))) {
            if (session.login().id() == id) {
                session.closeWithError(clients.errors().killed());
                return true;
            }
        }
        for (ClientLogin request : List.copyOf(clients.clients().cancelRequests(worker))) {
            if (request.id() == id) {
                request.channel().close();
                return true;
            }
        }
        for (ClientLogin operator : List.copyOf(clients.clients().consoleLogins(worker))) {
            if (operator.id() == id) {
                ByteBuf out = operator.channel().alloc().buffer(128);
                clients.errors().killed().write(out);
                operator.channel().writeAndFlush(out).addListener(ChannelFutureListener.CLOSE);
                return true;
            }
        }
        return false;
    }
}
