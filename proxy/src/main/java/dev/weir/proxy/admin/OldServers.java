package dev.weir.proxy.admin;

import dev.weir.console.port.PendingAction;
import dev.weir.proxy.net.Worker;
import dev.weir.proxy.pool.PoolShard;
import dev.weir.proxy.pool.PooledDatabase;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// Waits until no server is left that was opened before the last RECONNECT or change of its database.
final class OldServers {

    private static final long LOOK_AGAIN_MILLIS = 50;

    private final Collection<PooledDatabase> databases;
    private final List<Worker> workers;
    private final CompletableFuture<Void> gone = new CompletableFuture<>();

    private OldServers(Collection<PooledDatabase> databases, List<Worker> workers) {
        this.databases = databases;
        this.workers = workers;
    }

    static PendingAction whenGone(Collection<PooledDatabase> databases, List<Worker> workers) {
        OldServers wait = new OldServers(databases, workers);
        wait.look();
        return new Pending(wait.gone, () -> {});
    }

    private void look() {
        if (gone.isDone()) {
            return;
        }
        List<CompletableFuture<Boolean>> looks = workers.stream()
                .map(worker -> CompletableFuture.supplyAsync(() -> anyOn(worker), worker.loop()))
                .toList();
        CompletableFuture.allOf(looks.toArray(CompletableFuture[]::new)).thenRun(() -> {
            if (looks.stream().noneMatch(CompletableFuture::join)) {
                gone.complete(null);
            } else {
                workers.getFirst().loop().schedule(this::look, LOOK_AGAIN_MILLIS, TimeUnit.MILLISECONDS);
            }
        });
    }

    private boolean anyOn(Worker worker) {
        return databases.stream()
                .flatMap(database -> database.group().pools().stream())
                .map(pool -> pool.shard(worker))
                .anyMatch(PoolShard::hasOldServers);
    }
}
