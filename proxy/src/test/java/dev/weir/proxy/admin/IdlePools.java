package dev.weir.proxy.admin;

import dev.weir.config.WeirConfig;
import dev.weir.proxy.net.ConnectionIds;
import dev.weir.proxy.net.EventLoops;
import dev.weir.proxy.net.HostResolver;
import dev.weir.proxy.net.Transport;
import dev.weir.proxy.pool.Pool;
import dev.weir.proxy.pool.PoolRegistry;
import dev.weir.proxy.server.ServerConnection;
import dev.weir.proxy.server.ServerCredentials;
import dev.weir.proxy.server.ServerTarget;
import dev.weir.proxy.statement.StatementTexts;
import java.time.Duration;

/// Pools that nobody asks for a server, so that nothing connects, and what they are made of.
final class IdlePools implements AutoCloseable {

    final EventLoops loops = new EventLoops(Transport.best(), 2);
    final HostResolver resolver =
            new HostResolver(loops, null, () -> Duration.ofMinutes(1), () -> Duration.ofMinutes(1));
    final StatementTexts statements = new StatementTexts(() -> 0L);

    /// Pools under this configuration.
    PoolRegistry under(WeirConfig config) {
        Pool.Environment environment = new Pool.Environment(
                loops.workers(), IdlePools::refuseToConnect, (_, _, _) -> {}, new ConnectionIds(), statements);
        return new PoolRegistry(() -> config, environment, (_, _) -> ServerCredentials.NONE);
    }

    private static void refuseToConnect(ServerConnection server, ServerTarget target) {
        throw new AssertionError(server + " was not asked for");
    }

    @Override
    public void close() {
        resolver.close();
        loops.stop().toCompletableFuture().join();
    }
}
