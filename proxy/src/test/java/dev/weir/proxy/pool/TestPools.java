package dev.weir.proxy.pool;

import dev.weir.config.DatabaseConfig;
import dev.weir.config.WeirConfig;
import dev.weir.proxy.net.ConnectionIds;
import dev.weir.proxy.net.EmbeddedWorkers;
import dev.weir.proxy.net.Worker;
import dev.weir.proxy.server.FakeBackend;
import dev.weir.proxy.server.ServerConnection;
import dev.weir.proxy.server.ServerCredentials;
import dev.weir.proxy.server.ServerState;
import dev.weir.proxy.server.ServerTarget;
import dev.weir.proxy.statement.StatementTexts;
import dev.weir.proxy.testkit.ConfigText;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Pools on the thread of the test, whose servers are played by the test too. */
public final class TestPools implements AutoCloseable {

    /** Everything that was connected to, in order. */
    public final List<FakeBackend> backends = new ArrayList<>();

    /** Those whose name means another host by now. */
    final Set<ServerConnection> moved = new HashSet<>();

    /** All of them. */
    public final PoolRegistry registry;

    /** The loops, each of them the thread of the test. */
    public final List<Worker> workers = new ArrayList<>();

    private final List<EmbeddedChannel> loops = new ArrayList<>();
    private final String userList;
    private WeirConfig config;

    /** @param lines of the section {@code [pgbouncer]}, and more sections behind them */
    public TestPools(int loopCount, String lines) {
        this(loopCount, "auth_type = trust\n" + lines, "");
    }

    /**
     * @param lines of the section {@code [pgbouncer]}, and more sections behind them
     * @param userList who may log in
     */
    public TestPools(int loopCount, String lines, String userList) {
        this.userList = userList;
        config = read(lines);
        for (int i = 0; i < loopCount; i++) {
            EmbeddedChannel loop = new EmbeddedChannel();
            loops.add(loop);
            workers.add(EmbeddedWorkers.of(i, loop));
        }
        Pool.Environment environment = new Pool.Environment(
                workers,
                new Pool.Connector() {
                    @Override
                    public void connect(ServerConnection server, ServerTarget target) {
                        backends.add(FakeBackend.accept(server));
                    }

                    @Override
                    public boolean hasMoved(ServerConnection server) {
                        return moved.contains(server);
                    }
                },
                (server, sent, delivered) -> delivered.run(),
                new ConnectionIds(),
                new StatementTexts(() -> 0L));
        registry = new PoolRegistry(() -> config, environment, (user, stored) -> ServerCredentials.NONE);
    }

    private WeirConfig read(String lines) {
        return ConfigText.read(
                "[pgbouncer]\nlisten_addr = 127.0.0.1\nauth_file = userlist.txt\ncompatibility = weir\n" + lines,
                userList);
    }

    /** The configuration in force. */
    public WeirConfig config() {
        return config;
    }

    /** A reload. */
    public void configure(String lines) {
        config = read(lines);
        registry.onConfigChanged();
    }

    /** The pool that serves a client of this name. */
    public Pool pool(String database, String user) {
        DatabaseConfig entry = Objects.requireNonNull(config.findDatabase(database), database);
        return registry.pool(entry, user);
    }

    /** A client of the first loop that asks for a server. */
    FakeSession ask(Pool pool) {
        return ask(pool, 0);
    }

    /** A client that asks for a server. */
    FakeSession ask(Pool pool, int worker) {
        FakeSession session = new FakeSession();
        ServerConnection server = pool.shard(workers.get(worker)).checkout(session.waiter, System.nanoTime());
        if (server != null) {
            session.onServerAssigned(server);
        }
        return session;
    }

    /** A server that is free. */
    FakeBackend free(Pool pool) {
        FakeSession session = ask(pool);
        letIn();
        session.letGo();
        return backends.getLast();
    }

    /** Lets all in that wait to be. */
    public void letIn() {
        for (FakeBackend backend : List.copyOf(backends)) {
            if (backend.server().state() == ServerState.LOGGING_IN) {
                backend.letIn();
            }
        }
        run();
    }

    /** Servers that are open or about to be. */
    public long open() {
        return backends.stream().filter(FakeBackend::isOpen).count();
    }

    /** Runs what waits to be run on the loops. */
    public void run() {
        loops.forEach(EmbeddedChannel::runPendingTasks);
    }

    /** Lets the timers of the loops believe that time has passed. */
    public void advance(long millis) {
        loops.forEach(loop -> loop.advanceTimeBy(millis, TimeUnit.MILLISECONDS));
        run();
    }

    @Override
    public void close() {
        for (int i = 0; i < backends.size(); i++) { // who waits still gets new ones meanwhile
            backends.get(i).close();
        }
        loops.forEach(EmbeddedChannel::finishAndReleaseAll);
    }
}
