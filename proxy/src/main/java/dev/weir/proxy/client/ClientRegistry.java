package dev.weir.proxy.client;

import dev.weir.config.WeirConfig;
import dev.weir.proxy.insight.SlowQueries;
import dev.weir.proxy.net.Worker;
import dev.weir.proxy.trace.SpanExport;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * All client connections: counted over all event loops, listed per event loop. The lists are confined to their loops, the
 * counts are thread-safe.
 */
public final class ClientRegistry {

    private final List<Set<ClientSession>> sessions = new ArrayList<>();
    private final List<Set<ReplicationSession>> replications = new ArrayList<>();
    private final List<LoopQueries> queries = new ArrayList<>();
    private final SlowQueries slowQueries = new SlowQueries();
    private final SpanExport spans;
    private final List<Set<ClientLogin>> logins = new ArrayList<>();
    private final List<Set<ClientLogin>> consoleLogins = new ArrayList<>();
    private final List<Set<ClientLogin>> cancelRequests = new ArrayList<>();
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger loggingIn = new AtomicInteger();
    private final AtomicInteger consoles = new AtomicInteger();
    private final Census census;
    private final LoginFailures loginFailures = new LoginFailures();
    private volatile Runnable whenEmpty = () -> {};

    /** @param config where spans go, if anywhere */
    public ClientRegistry(List<Worker> workers, Supplier<WeirConfig> config) {
        census = new Census(workers);
        spans = new SpanExport(config);
        for (Worker ignored : workers) {
            queries.add(new LoopQueries(slowQueries, new LoopTraces(spans)));
            sessions.add(Collections.newSetFromMap(new IdentityHashMap<>()));
            replications.add(Collections.newSetFromMap(new IdentityHashMap<>()));
            cancelRequests.add(Collections.newSetFromMap(new IdentityHashMap<>()));
            logins.add(Collections.newSetFromMap(new IdentityHashMap<>()));
            consoleLogins.add(Collections.newSetFromMap(new IdentityHashMap<>()));
        }
    }

    void onLoginBegin(Worker worker, ClientLogin login) {
        logins.get(worker.index()).add(login);
        loggingIn.incrementAndGet();
        connections.incrementAndGet();
    }

    /** A login has ended, one way or the other; its connection may go on as a session or a console. */
    void onLoginEnd(Worker worker, ClientLogin login) {
        if (logins.get(worker.index()).remove(login)) {
            loggingIn.decrementAndGet();
        }
    }

    void onSessionBegin(Worker worker, ClientSession session) {
        sessions.get(worker.index()).add(session);
    }

    void onSessionEnd(Worker worker, ClientSession session) {
        if (sessions.get(worker.index()).remove(session)) {
            onConnectionEnd();
        }
    }

    void onMovedOut(Worker worker, ClientSession session) {
        sessions.get(worker.index()).remove(session);
    }

    void onMovedIn(Worker worker, ClientSession session) {
        sessions.get(worker.index()).add(session);
    }

    void onReplicationBegin(Worker worker, ReplicationSession session) {
        replications.get(worker.index()).add(session);
    }

    void onReplicationEnd(Worker worker, ReplicationSession session) {
        if (replications.get(worker.index()).remove(session)) {
            onConnectionEnd();
        }
    }

    void onConsoleBegin(Worker worker, ClientLogin login) {
        consoleLogins.get(worker.index()).add(login);
        consoles.incrementAndGet();
        connections.decrementAndGet();
    }

    void onConsoleEnd(Worker worker, ClientLogin login) {
        if (consoleLogins.get(worker.index()).remove(login)) {
            consoles.decrementAndGet();
            whenEmpty.run();
        }
    }

    /** What began as a login carries a cancel request, until its connection is closed. */
    void onCancelRequest(Worker worker, ClientLogin request) {
        Set<ClientLogin> requests = cancelRequests.get(worker.index());
        requests.add(request);
        request.channel().closeFuture().addListener(closed -> requests.remove(request));
    }

    void onConnectionEnd() {
        connections.decrementAndGet();
        whenEmpty.run();
    }

    /** Runs {@code action} whenever a connection has ended; it looks itself whether it was the last. */
    public void whenConnectionEnds(Runnable action) {
        whenEmpty = action;
    }

    /** How to reach all clients of all workers. */
    public Census census() {
        return census;
    }

    /** Sessions of a worker; to be used on its loop. */
    public Set<ClientSession> sessions(Worker worker) {
        return sessions.get(worker.index());
    }

    /** What clients of a worker ask for; to be used on its loop. */
    public LoopQueries queries(Worker worker) {
        return queries.get(worker.index());
    }

    /** The last slow queries. */
    public SlowQueries slowQueries() {
        return slowQueries;
    }

    /** The way of their spans to the collector. */
    public SpanExport spans() {
        return spans;
    }

    /** Replication clients of a worker; to be used on its loop. */
    public Set<ReplicationSession> replications(Worker worker) {
        return replications.get(worker.index());
    }

    /** Logins under way on a worker; to be used on its loop. */
    public Set<ClientLogin> logins(Worker worker) {
        return logins.get(worker.index());
    }

    /** The logins from which console sessions of a worker came; to be used on its loop. */
    public Set<ClientLogin> consoleLogins(Worker worker) {
        return consoleLogins.get(worker.index());
    }

    /** Connections of a worker that carry cancel requests; to be used on its loop. */
    public Set<ClientLogin> cancelRequests(Worker worker) {
        return cancelRequests.get(worker.index());
    }

    /** Client connections, those logging in included, console sessions not. */
    public int connections() {
        return connections.get();
    }

    /** Connections that are logging in. */
    public int loggingIn() {
        return loggingIn.get();
    }

    /** How many clients were not let in. */
    public LoginFailures loginFailures() {
        return loginFailures;
    }

    /** Console sessions. */
    public int consoles() {
        return consoles.get();
    }
}
