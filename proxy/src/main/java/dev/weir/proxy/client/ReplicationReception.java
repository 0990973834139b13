package dev.weir.proxy.client;

import dev.weir.config.WeirConfig;
import dev.weir.config.setting.ServerSettings;
import dev.weir.proxy.net.Worker;
import dev.weir.proxy.pool.DedicatedServer;
import dev.weir.proxy.pool.Pool;
import dev.weir.proxy.server.ServerConnection;
import dev.weir.proxy.state.SessionSettings;
import dev.weir.proxy.wire.PgError;
import dev.weir.proxy.wire.Replication;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The reception of a replication client: a server connection of its own, opened with what its startup packet says. Whatever
 * PostgreSQL has against it the client is told instead of a welcome. Confined to the client's event loop.
 */
final class ReplicationReception implements Reception, DedicatedServer.Events {

    /** Whom the client has come as and where to is for Weir to say. */
    private static final List<String> NOT_PASSED_ON = List.of("user", "database");

    /** What PostgreSQL knows by exactly these names: spelt otherwise it is a setting that does not exist. */
    private static final List<String> EXACT = List.of("replication", "options");

    private final Pool pool;
    private final DedicatedServer dedicated;
    private final Consumer<PgError> onRefused;
    private final Consumer<ReplicationReception> onReady;
    private @Nullable ServerConnection server;
    private @Nullable ReplicationSession session;

    /**
     * @param parameters for the server's startup packet
     * @param onReady called when there is a server to be linked
     */
    ReplicationReception(
            Pool pool,
            Worker worker,
            Replication replication,
            Map<String, String> parameters,
            Consumer<ReplicationReception> onReady,
            Consumer<PgError> onRefused) {
        this.pool = pool;
        this.onReady = onReady;
        this.onRefused = onRefused;
        this.dedicated = new DedicatedServer(pool.shard(worker), replication, parameters, this);
    }

    /**
     * What of the client's startup packet goes into the server's.
     *
     * @param settings what was made of the packet: the name that the client is to be known by
     */
    static Map<String, String> passedOn(Map<String, String> parameters, SessionSettings settings, WeirConfig config) {
        List<String> ignored = config.get(ServerSettings.IGNORE_STARTUP_PARAMETERS);
        Map<String, String> passed = new LinkedHashMap<>();
        parameters.forEach((key, value) -> {
            String lowerCase = key.toLowerCase(Locale.ROOT);
            if (!NOT_PASSED_ON.contains(lowerCase) && ignored.stream().noneMatch(key::equalsIgnoreCase)) {
                passed.put(EXACT.contains(lowerCase) ? key : lowerCase, value);
            }
        });
        String name = settings.find("application_name");
        if (name != null) {
            passed.put("application_name", name);
        }
        return passed;
    }

    @Override
    public void begin() {
        dedicated.open();
    }

    @Override
    public void stop() {
        if (session == null) {
            dedicated.close("replication client was closed");
        }
    }

    @Override
    public Pool pool() {
        return pool;
    }

    DedicatedServer dedicated() {
        return dedicated;
    }

    /** The server that {@code begun} is to use from now on. */
    ServerConnection handOver(ReplicationSession begun) {
        ServerConnection opened = server;
        if (opened == null) {
            throw new IllegalStateException("no server yet");
        }
        session = begun;
        return opened;
    }

    @Override
    public void onOpened(ServerConnection opened) {
        server = opened;
        // The read that brought the news is to end before others read.
        dedicated.worker().loop().execute(() -> {
            if (opened.equals(server) && session == null) {
                onReady.accept(this);
            }
        });
    }

    @Override
    public void onRefused(PgError error) {
        onRefused.accept(error);
    }

    @Override
    public void onOutdated() {
        if (session != null) {
            session.onOutdated();
        }
    }
}
