package dev.weir.proxy.admin;

import dev.weir.proxy.client.ClientRest;
import dev.weir.proxy.client.ClientServices;
import dev.weir.proxy.client.ClientSession;
import dev.weir.proxy.net.Worker;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// SUSPEND: clients are not read, nor the servers that serve them, until it ends. Thread-safe, though begin and end are
/// to be called one at a time.
final class Suspension {

    /// How long to wait between two looks at those who have not come to rest.
    private static final long PAUSE_MILLIS = 10;

    private final ClientServices clients;
    private final Lifecycle lifecycle;
    /// Odd while one is in force; tells a look whether the one that it belongs to still is.
    private final AtomicInteger turn = new AtomicInteger();

    Suspension(ClientServices clients, Lifecycle lifecycle) {
        this.clients = clients;
        this.lifecycle = lifecycle;
    }

    boolean isInForce() {
        return lifecycle.isSuspended();
    }

    /// Stops all clients; completes when nothing of theirs is inside the pooler any more, or it was ended.
    ///
    /// @param timeout after which clients are dropped that have not come to rest; zero for never
    CompletableFuture<Void> begin(Duration timeout) {
        lifecycle.setSuspended(true);
        clients.setSuspended(true);
        Look look = new Look(turn.incrementAndGet(), System.nanoTime(), timeout);
        return clients.clients()
                .census()
                .take(worker -> {
                    CompletableFuture<Void> settled = new CompletableFuture<>();
                    settle(worker, look, settled);
                    return settled;
                })
                .thenCompose(all -> CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)));
    }

    /// One suspension.
    private record Look(int turn, long begunNanos, Duration timeout) {

        boolean isLast() {
            return !timeout.isZero()
                    && Duration.ofNanos(System.nanoTime() - begunNanos).compareTo(timeout) >= 0;
        }
    }

    private void settle(Worker worker, Look look, CompletableFuture<Void> settled) {
        if (turn.get() != look.turn()) {
            settled.complete(null);
            return;
        }
        clients.clients().replications(worker).forEach(session -> session.suspend(true));
        List<ClientSession> busy = clients.clients().sessions(worker).stream()
                .filter(session -> !ClientRest.settle(session))
                .toList();
        if (!busy.isEmpty() && !look.isLast()) {
            worker.loop().schedule(() -> settle(worker, look, settled), PAUSE_MILLIS, TimeUnit.MILLISECONDS);
            return;
        }
        busy.forEach(session -> session.closeWithError(clients.errors().suspendTimeout()));
        settled.complete(null);
    }

    /// Lets clients and servers be read again; does nothing if they are.
    CompletableFuture<Void> end() {
        if (!isInForce()) {
            return CompletableFuture.completedFuture(null);
        }
        turn.incrementAndGet();
        lifecycle.setSuspended(false);
        clients.setSuspended(false);
        return clients.clients()
                .census()
                .take(worker -> {
                    List.copyOf(clients.clients().sessions(worker)).forEach(ClientRest::goOn);
                    clients.clients().replications(worker).forEach(session -> session.suspend(false));
                    return true;
                })
                .thenAccept(all -> {});
    }
}
