package dev.weir.proxy.admin;

import dev.weir.config.DatabaseConfig;
import dev.weir.config.WeirConfig;
import dev.weir.config.diff.Change;
import dev.weir.config.setting.GeneralSettings;
import dev.weir.console.port.CommandRefused;
import dev.weir.console.port.PendingAction;
import dev.weir.console.port.PoolerControl;
import dev.weir.console.port.ReloadReport;
import dev.weir.console.port.ShutdownMode;
import dev.weir.proxy.client.ClientRegistry;
import dev.weir.proxy.client.ClientServices;
import dev.weir.proxy.client.ClientSession;
import dev.weir.proxy.client.ConsoleEntrance;
import dev.weir.proxy.client.ReplicationSession;
import dev.weir.proxy.net.EventLoops;
import dev.weir.proxy.net.Listeners;
import dev.weir.proxy.net.Worker;
import dev.weir.proxy.pool.Pool;
import dev.weir.proxy.pool.PoolRegistry;
import dev.weir.proxy.pool.PooledDatabase;
import dev.weir.proxy.tls.TlsContexts;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Carries out what operators order, from the console or by signals. Thread-safe; orders are taken one at a time.
public final class LiveControl implements PoolerControl {

    private static final Logger LOGGER = LoggerFactory.getLogger(LiveControl.class);

    private final AtomicReference<WeirConfig> config;
    private final EventLoops loops;
    private final PoolRegistry pools;
    private final ClientServices clients;
    private final Listeners listeners;
    private final Lifecycle lifecycle;
    private final Executor background;
    private final Reloader reloader;
    private final PasswordRefresher passwords;
    private final Suspension suspension;
    /// Completes when the last change of the configuration has come to every client.
    private volatile CompletableFuture<Void> clientsTold = CompletableFuture.completedFuture(null);

    /// @param background runs what blocks
    public LiveControl(
            AtomicReference<WeirConfig> config,
            Path configFile,
            Map<String, String> environment,
            EventLoops loops,
            PoolRegistry pools,
            ClientServices clients,
            Listeners listeners,
            Lifecycle lifecycle,
            Executor background,
            TlsContexts tls) {
        this.config = config;
        this.loops = loops;
        this.pools = pools;
        this.clients = clients;
        this.listeners = listeners;
        this.lifecycle = lifecycle;
        this.background = background;
        this.suspension = new Suspension(clients, lifecycle);
        this.reloader = new Reloader(config, configFile, environment, tls, this::onConfigChanged);
        this.passwords = new PasswordRefresher(reloader, clients::prepareKeys);
    }

    /** Gets the passwords that commands make, and keeps them up to date from then on. Blocks while the commands run. */
    public void obtainPasswords() {
        passwords.start();
    }

    /** Ends what {@link #obtainPasswords} has begun. */
    public void stopRefreshing() {
        passwords.stop();
    }

    // ---- PAUSE, RESUME, SUSPEND ----

    @Override
    public synchronized PendingAction pause(@Nullable String database) {
        if (database == null) {
            if (pools.isAllPaused() || suspension.isInForce()) {
                return Pending.refused("already suspended/paused");
            }
            pools.pauseAll();
            return new Pending(whenServersGone(pools.databases()), () -> undo(null));
        }
        if (pools.isAllPaused() || suspension.isInForce()) {
            return Pending.refused("already suspended/paused");
        }
        try {
            PooledDatabase paused = existing(database, "pause");
            paused.pause();
            return new Pending(whenServersGone(List.of(paused)), () -> undo(database));
        } catch (CommandRefused refusal) {
            return new Pending(CompletableFuture.failedFuture(refusal), () -> {});
        }
    }

    private CompletableFuture<Void> whenServersGone(Collection<PooledDatabase> databases) {
        databases.forEach(database -> clients.listening().closeConnections(database, "database paused"));
        return CompletableFuture.allOf(databases.stream()
                .map(database -> database.group().servers().whenEmpty())
                .toArray(CompletableFuture[]::new));
    }

    private synchronized void undo(@Nullable String database) {
        LOGGER.info("resume");
        if (database == null) {
            suspension.end();
            pools.resumeAll();
            return;
        }
        PooledDatabase paused = pools.findDatabase(database);
        if (paused != null) {
            paused.resume();
        }
    }

    @Override
    public synchronized CompletionStage<Void> resume(@Nullable String database) {
        return answer(() -> {
            if (lifecycle.isShuttingDown()) {
                throw new CommandRefused("pooler is shutting down");
            }
            if (database != null) {
                PooledDatabase paused = existing(database, "resume");
                if (!paused.isPaused()) {
                    throw new CommandRefused("database " + database + " is not paused");
                }
                paused.resume();
                return;
            }
            boolean any = pools.isAllPaused()
                    || pools.databases().stream().anyMatch(PooledDatabase::isPaused)
                    || suspension.isInForce();
            if (!any) {
                throw new CommandRefused("pooler is not paused/suspended");
            }
            suspension.end();
            pools.resumeAll();
        });
    }

    @Override
    public synchronized PendingAction suspend() {
        if (pools.isAllPaused() || suspension.isInForce()) {
            return Pending.refused("already suspended/paused");
        }
        if (pools.databases().stream().anyMatch(PooledDatabase::isPaused)) {
            return Pending.refused("cannot suspend with paused databases");
        }
        return new Pending(suspension.begin(config.get().get(GeneralSettings.SUSPEND_TIMEOUT)), () -> undo(null));
    }

    // ---- databases ----

    @Override
    public CompletionStage<Void> reconnect(@Nullable String database) {
        return answer(() -> selected(database, "reconnect")
                .forEach(each -> each.group().pools().forEach(Pool::renewServers)));
    }

    @Override
    public CompletionStage<Void> disable(String database) {
        return answer(() -> existing(database, "disable").setDisabled(true));
    }

    @Override
    public CompletionStage<Void> enable(String database) {
        return answer(() -> existing(database, "enable").setDisabled(false));
    }

    @Override
    public synchronized CompletionStage<Void> kill(@Nullable String database) {
        if (database == null && (pools.isAllPaused() || suspension.isInForce())) {
            return CompletableFuture.failedFuture(new CommandRefused("already suspended/paused"));
        }
        try {
            Collection<PooledDatabase> killed = selected(database, "kill");
            if (database == null) {
                pools.pauseAll();
            }
            return CompletableFuture.allOf(killed.stream().map(this::kill).toArray(CompletableFuture[]::new));
        } catch (CommandRefused refusal) {
            return CompletableFuture.failedFuture(refusal);
        }
    }

    private CompletableFuture<Void> kill(PooledDatabase database) {
        database.pause();
        return closeClients(database).thenRun(() -> closeServers(database));
    }

    private void closeServers(PooledDatabase database) {
        database.closeServers("database removed");
        clients.listening().closeConnections(database, "database removed");
    }

    private CompletableFuture<Void> closeClients(PooledDatabase database) {
        return onEachLoop(worker -> closeClients(worker, database));
    }

    private void closeClients(Worker worker, PooledDatabase database) {
        for (ClientSession session : List.copyOf(clients.clients().sessions(worker))) {
            if (session.pool().database().name().equals(database.name())) {
                session.closeWithError(clients.errors().databaseRemoved());
            }
        }
        for (ReplicationSession session : List.copyOf(clients.clients().replications(worker))) {
            if (session.pool().database().name().equals(database.name())) {
                session.closeWithError(clients.errors().databaseRemoved());
            }
        }
    }

    @Override
    public CompletionStage<Void> killClient(long id) {
        return clients.clients()
                .census()
                .take(worker -> ClientKill.carryOut(clients, worker, id))
                .thenAccept(found -> {
                    if (!found.contains(true)) {
                        throw new CommandRefused("client not found");
                    }
                });
    }

    @Override
    public CompletionStage<Void> resetQueries() {
        return onEachLoop(worker -> clients.clients().queries(worker).reset());
    }

    /// Drops every connection; completes when that is done on every event loop.
    public CompletableFuture<Void> dropEverything() {
        return onEachLoop(this::drop);
    }

    private void drop(Worker worker) {
        ClientRegistry all = clients.clients();
        List.copyOf(all.sessions(worker)).forEach(ClientSession::drop);
        List.copyOf(all.replications(worker)).forEach(session -> session.close("server shutting down"));
        List.copyOf(all.logins(worker)).forEach(login -> login.channel().close());
        List.copyOf(all.consoleLogins(worker)).forEach(login -> login.channel().close());
        pools.pools().forEach(pool -> pool.shard(worker).closeAll("server shutting down"));
        clients.listening().end();
    }

    @Override
    public PendingAction waitClose(@Nullable String database) {
        try {
            return OldServers.whenGone(selected(database, "wait in"), loops.workers());
        } catch (CommandRefused refusal) {
            return new Pending(CompletableFuture.failedFuture(refusal), () -> {});
        }
    }

    private Collection<PooledDatabase> selected(@Nullable String database, String verb) {
        return database == null ? pools.databases() : List.of(existing(database, verb));
    }

    /// The database of this name; one that `*` provides is made.
    private PooledDatabase existing(String name, String verb) {
        if (name.equals(ConsoleEntrance.DATABASE)) {
            throw new CommandRefused("cannot " + verb + " admin db: " + name);
        }
        DatabaseConfig entry = config.get().findDatabase(name);
        if (entry == null) {
            throw new CommandRefused("no such database: " + name);
        }
        return pools.database(entry);
    }

    // ---- configuration ----

    @Override
    public CompletionStage<ReloadReport> reload() {
        return whenTold(CompletableFuture.supplyAsync(reloader::reload, background));
    }

    @Override
    public CompletionStage<ReloadReport> set(String key, String value) {
        return whenTold(CompletableFuture.supplyAsync(() -> reloader.set(key, value), background));
    }

    /// Who is told that it is done finds every client under the new rules.
    private CompletionStage<ReloadReport> whenTold(CompletableFuture<ReloadReport> done) {
        return done.thenCompose(report -> clientsTold.thenApply(_ -> report));
    }

    private void onConfigChanged(List<Change> changes) {
        clients.prepareKeys();
        pools.onConfigChanged();
        clientsTold = eachSession(ClientSession::onConfigChanged);
        for (Change change : changes) {
            if (change instanceof Change.DatabaseRemoved(DatabaseConfig removed)) {
                remove(pools.findDatabase(removed.name()));
            }
        }
    }

    private void remove(@Nullable PooledDatabase database) {
        if (database != null && database.isRemoved()) {
            closeClients(database).thenRun(() -> closeServers(database));
        }
    }

    // ---- shutdown ----

    @Override
    public synchronized CompletionStage<Void> shutdown(ShutdownMode mode) {
        switch (mode) {
            case IMMEDIATE -> lifecycle.end();
            case WAIT_FOR_SERVERS -> beginOrEnd(this::waitForServers);
            case WAIT_FOR_CLIENTS -> beginOrEnd(this::waitForClients);
            case DRAIN -> beginOrEnd(this::drain);
            case HANDED_OVER -> {
                return handOver();
            }
        }
        return CompletableFuture.completedFuture(null);
    }

    private void beginOrEnd(Runnable beginning) {
        if (lifecycle.beginShutdown()) {
            beginning.run();
        } else {
            lifecycle.end();
        }
    }

    private void waitForServers() {
        clients.close();
        listeners.closeTcp();
        pools.pauseAll();
        suspension.end(); // who is not read cannot end
        // Nobody will get a server any more: who waits now, or begins to, is told at once.
        pools.databases()
                .forEach(database -> database.refuseWaiters(clients.errors().serverShuttingDown()));
        whenServersGone(pools.databases()).thenRun(lifecycle::end);
    }

    private void waitForClients() {
        clients.closeToNewcomers();
        listeners.closeTcp().thenRun(this::waitUntilNobodyIsLeft);
    }

    private void drain() {
        suspension.end(); // who is not read cannot end
        new Drain(clients, loops, listeners, lifecycle, DrainPlan.of(config.get())).begin();
    }

    /// Who has connected is served to the end, who comes now arrives at the other process. Also where a shutdown is
    /// under way already: what is handed over must not be removed in the end.
    private CompletionStage<Void> handOver() {
        LOGGER.info("another process has taken over, waiting for all clients disconnect");
        boolean first = lifecycle.beginShutdown();
        // In the background, for it opens a socket and must not wait for a loop on that very loop.
        CompletionStage<Void> done =
                CompletableFuture.supplyAsync(listeners::handOver, background).thenCompose(given -> given);
        lifecycle.handOver();
        if (first) {
            done.thenRun(this::waitUntilNobodyIsLeft);
        }
        return done;
    }

    private void waitUntilNobodyIsLeft() {
        suspension.end(); // who is not read cannot end
        clients.clients().whenConnectionEnds(this::endWhenNobodyIsLeft);
        endWhenNobodyIsLeft();
    }

    private void endWhenNobodyIsLeft() {
        if (clients.clients().connections() == 0) {
            lifecycle.end();
        }
    }

    // ---- help ----

    private CompletableFuture<Void> eachSession(Consumer<ClientSession> action) {
        return onEachLoop(
                worker -> List.copyOf(clients.clients().sessions(worker)).forEach(action));
    }

    /// Runs where the clients are; nobody is left out because it moves just then.
    private CompletableFuture<Void> onEachLoop(Consumer<Worker> action) {
        return clients.clients()
                .census()
                .take(worker -> {
                    action.accept(worker);
                    return true;
                })
                .thenAccept(done -> {});
    }

    private static CompletionStage<Void> answer(Runnable action) {
        Supplier<@Nullable Void> done = () -> {
            action.run();
            return null;
        };
        try {
            done.get();
            return CompletableFuture.completedFuture(null);
        } catch (CommandRefused refusal) {
            return CompletableFuture.failedFuture(refusal);
        }
    }
}
