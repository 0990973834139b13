package dev.weir.console.health;

import dev.weir.console.port.DatabaseSnapshot;
import dev.weir.console.port.PoolSnapshot;
import dev.weir.console.port.PoolerState;
import dev.weir.console.port.PoolerView;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Whether new clients are welcome, altogether and by database. Immutable.
///
/// @param status `ready`, `degraded`, `paused`, `disabled`, `unavailable`, `shutting_down` or `not_responding`
/// @param takesClients whether a load balancer should send new clients here
/// @param databases all databases, or the one that was asked for; none where they could not be looked at
public record Readiness(String status, boolean takesClients, List<DatabaseHealth> databases) {

    /// Every status that there is.
    public static final List<String> STATUSES =
            List.of("ready", "degraded", "paused", "disabled", "unavailable", "shutting_down", "not_responding");

    /// Looks at the pooler; blocks until it has answered.
    ///
    /// @param only the one database to look at; `null` for all
    /// @param deadline how long the pooler may take, and how long a client may wait for a server
    /// @return `null` if there is no such database
    public static @Nullable Readiness look(PoolerView view, @Nullable String only, Duration deadline) {
        CompletableFuture<PoolerState> state = view.state().toCompletableFuture();
        CompletableFuture<List<PoolSnapshot>> pools = view.pools().toCompletableFuture();
        CompletableFuture<List<DatabaseSnapshot>> databases = view.databases().toCompletableFuture();
        try {
            // A future of its own bears the limit, so that a late answer is not made to fail for others.
            CompletableFuture.allOf(state, pools, databases)
                    .orTimeout(deadline.toNanos(), TimeUnit.NANOSECONDS)
                    .join();
        } catch (CompletionException _) {
            return new Readiness("not_responding", false, List.of());
        }
        List<DatabaseSnapshot> asked = databases.join().stream()
                .filter(database -> only == null || database.name().equals(only))
                .sorted(Comparator.comparing(DatabaseSnapshot::name))
                .toList();
        if (only != null && asked.isEmpty()) {
            return null;
        }
        return of(state.join(), asked, pools.join(), deadline);
    }

    private static Readiness of(
            PoolerState state, List<DatabaseSnapshot> databases, List<PoolSnapshot> pools, Duration deadline) {
        Map<String, List<PoolSnapshot>> byDatabase =
                pools.stream().collect(Collectors.groupingBy(PoolSnapshot::database));
        List<DatabaseHealth> healths = databases.stream()
                .map(database ->
                        DatabaseHealth.of(database, byDatabase.getOrDefault(database.name(), List.of()), deadline))
                .toList();
        if (state.shuttingDown()) {
            return new Readiness("shutting_down", false, healths);
        }
        // While one database can be used, this pooler can: the others are told about, and can be asked for by name.
        List<Health> different =
                healths.stream().map(DatabaseHealth::health).distinct().toList();
        Health all =
                different.isEmpty() ? Health.READY : different.size() == 1 ? different.getFirst() : mixed(different);
        return new Readiness(all.text(), all.takesClients(), healths);
    }

    /// A database that is switched off by an operator is no reason for concern, one that fails is.
    private static Health mixed(List<Health> different) {
        if (different.stream().noneMatch(Health::takesClients)) {
            return Health.UNAVAILABLE;
        }
        boolean trouble = different.contains(Health.DEGRADED) || different.contains(Health.UNAVAILABLE);
        return trouble ? Health.DEGRADED : Health.READY;
    }
}
