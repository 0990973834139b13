package dev.weir.proxy.admin;

import dev.weir.console.port.ConnectionSnapshot;
import dev.weir.console.port.ReplicationMode;
import dev.weir.console.port.ServerSnapshot;
import dev.weir.console.port.ServerState;
import dev.weir.proxy.client.ClientLink;
import dev.weir.proxy.client.ReplicationSession;
import dev.weir.proxy.net.Worker;
import dev.weir.proxy.pool.DedicatedServer;
import dev.weir.proxy.pool.Pool;
import dev.weir.proxy.pool.PoolRegistry;
import dev.weir.proxy.server.ServerConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;

/// The rows of `SHOW SERVERS`.
final class ServerRows {

    private final PoolRegistry pools;
    private final LoopSurvey survey;

    ServerRows(PoolRegistry pools, LoopSurvey survey) {
        this.pools = pools;
        this.survey = survey;
    }

    CompletionStage<List<ServerSnapshot>> read() {
        return survey.list(this::ofLoop);
    }

    private List<ServerSnapshot> ofLoop(Worker worker) {
        long nowNanos = System.nanoTime();
        List<ServerSnapshot> rows = new ArrayList<>();
        for (Pool pool : pools.pools()) {
            for (ServerConnection server : pool.shard(worker).servers()) {
                rows.add(new ServerSnapshot(state(server, nowNanos), connection(pool, server, nowNanos)));
            }
        }
        return rows;
    }

    /// What a server does, in the console's terms; to be called on its loop.
    static ServerState state(ServerConnection server, long nowNanos) {
        return switch (server.state()) {
            case CONNECTING, LOGGING_IN, PREPARING -> ServerState.LOGIN;
            case LINKED -> ServerState.ACTIVE;
            case IDLE -> server.release().isCheckDue(nowNanos) ? ServerState.USED : ServerState.IDLE;
            case CHECKING, RESETTING -> ServerState.TESTED;
            case DRAINING, HELD -> ServerState.BEING_CANCELED;
            case MOVING, CLOSED -> ServerState.IDLE;
        };
    }

    /// Whom a server serves; nobody has the number 0.
    private record Client(long id, long queryAgeNanos) {}

    private static Client client(ServerConnection server, long nowNanos) {
        return switch (server.user()) {
            case ClientLink link ->
                new Client(link.session().login().id(), link.session().clock().queryAgeNanos(nowNanos));
            case ReplicationSession session ->
                new Client(session.login().id(), session.clock().queryAgeNanos(nowNanos));
            case null, default -> new Client(0, 0);
        };
    }

    private static ConnectionSnapshot connection(Pool pool, ServerConnection server, long nowNanos) {
        Endpoints.Pair ends =
                Endpoints.ofServer(server.target().address(), server.remoteAddress(), server.localAddress());
        Client client = client(server, nowNanos);
        String applicationName = server.settings().reported().find("application_name");
        return new ConnectionSnapshot(
                server.id(),
                client.id(),
                pool.key().user(),
                pool.key().database(),
                server.owner() instanceof DedicatedServer dedicated
                        ? ReplicationMode.valueOf(dedicated.replication().name())
                        : ReplicationMode.NONE,
                ends.peer(),
                ends.local(),
                server.identity().createdMillis() * 1000,
                server.requestMillis() * 1000,
                client.queryAgeNanos(),
                server.release().isCloseNeeded(),
                server.backendKey().pid(),
                server.tls(),
                applicationName == null ? "" : applicationName,
                server.statements().size(),
                Buffers.of(server.inFlight()));
    }
}
