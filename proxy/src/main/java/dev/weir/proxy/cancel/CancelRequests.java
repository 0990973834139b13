package dev.weir.proxy.cancel;

import dev.weir.proxy.net.Worker;
import io.netty.channel.Channel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What becomes of a cancel request: it goes to the client that has the key, or to another process that may have it.
/// Thread-safe.
public final class CancelRequests {

    private static final Logger LOGGER = LoggerFactory.getLogger(CancelRequests.class);

    private final CancelKeys keys;
    private final Peers peers;
    private final OldProcesses oldProcesses;

    public CancelRequests(CancelKeys keys, Peers peers, OldProcesses oldProcesses) {
        this.keys = keys;
        this.peers = peers;
        this.oldProcesses = oldProcesses;
    }

    /// Takes a request that has arrived; closes its connection when it has been delivered.
    ///
    /// @param sender for the log
    /// @param worker of the connection
    public void onRequest(int pid, byte[] secret, Object sender, Worker worker, Channel connection) {
        CancelTarget target = keys.find(pid, secret);
        if (target != null) {
            // PostgreSQL too closes when the signal has been sent: whoever waits for it may then ask for more.
            deliver(target, connection);
        } else if (!peers.forward(new CancelKey(pid, secret), sender, worker, connection::close)
                && !oldProcesses.forward(pid, secret, worker, connection::close)) {
            LOGGER.info("{} failed cancel request", sender);
            connection.close();
        }
    }

    /// Runs after the client to its event loop, which it may have left meanwhile.
    private static void deliver(CancelTarget target, Channel connection) {
        Worker worker = target.worker();
        worker.run(() -> {
            if (worker.equals(target.worker())) {
                target.onCancelRequest(connection::close);
            } else {
                deliver(target, connection);
            }
        });
    }
}
