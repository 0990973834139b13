package dev.weir.console.http;

import dev.weir.console.alert.Alert;
import dev.weir.console.alert.AlertBoard;
import dev.weir.console.port.DatabaseSnapshot;
import dev.weir.console.port.HolderCountSnapshot;
import dev.weir.console.port.ListenSnapshot;
import dev.weir.console.port.ListsSnapshot;
import dev.weir.console.port.LoginFailureSnapshot;
import dev.weir.console.port.MemorySnapshot;
import dev.weir.console.port.PinCountSnapshot;
import dev.weir.console.port.PoolSnapshot;
import dev.weir.console.port.PoolerIdentity;
import dev.weir.console.port.PoolerState;
import dev.weir.console.port.PoolerView;
import dev.weir.console.port.SettingSnapshot;
import dev.weir.console.port.SpanSnapshot;
import dev.weir.console.port.StatsSnapshot;
import dev.weir.console.port.TlsSnapshot;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// All that one scrape reads of the pooler. Immutable.
record Readings(
        PoolerIdentity identity,
        PoolerState state,
        List<PoolSnapshot> pools,
        List<PinCountSnapshot> pins,
        List<HolderCountSnapshot> holders,
        List<ListenSnapshot> listening,
        List<StatsSnapshot> stats,
        List<DatabaseSnapshot> databases,
        ListsSnapshot lists,
        List<MemorySnapshot> memory,
        TlsSnapshot tls,
        SpanSnapshot spans,
        List<LoginFailureSnapshot> loginFailures,
        List<SettingSnapshot> settings,
        List<Alert> alerts) {

    /// Asks the pooler for everything at once and waits for the answers.
    ///
    /// @throws java.util.concurrent.CompletionException if it fails or takes too long
    static Readings take(PoolerView view, AlertBoard board, Duration limit) {
        CompletableFuture<PoolerState> state = view.state().toCompletableFuture();
        CompletableFuture<List<PoolSnapshot>> pools = view.pools().toCompletableFuture();
        CompletableFuture<List<PinCountSnapshot>> pins = view.pinCounts().toCompletableFuture();
        CompletableFuture<List<HolderCountSnapshot>> holders =
                view.holderCounts().toCompletableFuture();
        CompletableFuture<List<ListenSnapshot>> listening = view.listening().toCompletableFuture();
        CompletableFuture<List<StatsSnapshot>> stats = view.stats().toCompletableFuture();
        CompletableFuture<List<DatabaseSnapshot>> databases = view.databases().toCompletableFuture();
        CompletableFuture<ListsSnapshot> lists = view.lists().toCompletableFuture();
        CompletableFuture<List<MemorySnapshot>> memory = view.memory().toCompletableFuture();
        CompletableFuture<List<LoginFailureSnapshot>> failures =
                view.loginFailures().toCompletableFuture();
        CompletableFuture<List<SettingSnapshot>> settings = view.settings().toCompletableFuture();
        // A future of its own bears the limit, so that a late answer is not made to fail for others.
        CompletableFuture.allOf(
                        state, pools, pins, holders, listening, stats, databases, lists, memory, failures, settings)
                .orTimeout(limit.toNanos(), TimeUnit.NANOSECONDS)
                .join();
        return new Readings(
                view.identity(),
                state.join(),
                pools.join(),
                pins.join(),
                holders.join(),
                listening.join(),
                stats.join(),
                databases.join(),
                lists.join(),
                memory.join(),
                view.tls(),
                view.spans(),
                failures.join(),
                settings.join(),
                board.active());
    }
}
