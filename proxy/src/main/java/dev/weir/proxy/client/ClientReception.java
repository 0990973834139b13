package dev.weir.proxy.client;

import dev.weir.proxy.net.Worker;
import dev.weir.proxy.pool.Pool;
import dev.weir.proxy.pool.PoolShard;
import dev.weir.proxy.pool.Waiter;
import dev.weir.proxy.server.ServerConnection;
import dev.weir.proxy.server.SettingsRefusal;
import dev.weir.proxy.state.ReportedParameters;
import dev.weir.proxy.state.SessionSettings;
import dev.weir.proxy.time.Deadline;
import dev.weir.proxy.wire.PgError;
import io.netty.buffer.ByteBuf;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What stands between a login's proof and its welcome: a first server of the pool, which says what clients are welcomed with;
 * and, for settings that no server of the pool has taken before, one that tries them, so that PostgreSQL's refusal ends the
 * login and not the first query.
 *
 * <p>Where every server is busy a client is welcomed untried: its first query then brings the refusal. Confined to the
 * client's event loop.
 */
final class ClientReception implements Reception, Waiter.Session {

    /** How long a login stands in line only to have its settings tried. */
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final Pool pool;
    private final PoolShard shard;
    private final SessionSettings settings;
    private final ClientErrors errors;
    private final Consumer<@Nullable PgError> onEnd;
    private final Waiter waiter = new Waiter(this);
    private final @Nullable Deadline patience;
    private @Nullable ServerConnection server;
    private boolean ended;
    private Runnable stopAwaitingWelcome = () -> {};

    /** @param onEnd called once, with the error if there will be no welcome; not after {@link #stop} */
    ClientReception(
            Pool pool,
            Worker worker,
            SessionSettings settings,
            ClientErrors errors,
            Consumer<@Nullable PgError> onEnd) {
        this.pool = pool;
        this.shard = pool.shard(worker);
        this.settings = settings;
        this.errors = errors;
        this.onEnd = onEnd;
        this.patience = worker.deadlines().create(PATIENCE, () -> end(null));
    }

    /** Calls back now or later. */
    @Override
    public void begin() {
        stopAwaitingWelcome = shard.awaitWelcome(this::onWelcome);
    }

    @Override
    public void stop() {
        ended = true;
        stopAwaitingWelcome.run();
        leave();
    }

    private void onWelcome(@Nullable PgError error) {
        if (ended) {
            return;
        }
        if (error != null || pool.provenSettings().contains(settings)) {
            end(error);
            return;
        }
        tryOut();
    }

    private void tryOut() {
        long nowNanos = System.nanoTime();
        ServerConnection free = shard.checkout(waiter, nowNanos);
        if (free != null) {
            onServerAssigned(free);
        } else if (patience != null) {
            patience.arm(nowNanos);
        }
    }

    private void end(@Nullable PgError error) {
        if (!ended) {
            ended = true;
            leave();
            onEnd.accept(error);
        }
    }

    private void leave() {
        shard.leaveQueue(waiter);
        if (patience != null) {
            patience.disarm();
        }
        ServerConnection linked = server;
        server = null;
        if (linked == null) {
            return;
        }
        if (linked.isAtRest()) {
            linked.unlink();
        } else {
            linked.abandon("client disconnect while server was not ready", false, true);
        }
    }

    @Override
    public Pool pool() {
        return pool;
    }

    // ---- the server that tries the settings ----

    @Override
    public void onServerAssigned(ServerConnection assigned) {
        server = assigned;
        assigned.link(this);
        if (assigned.isReady()) {
            end(null); // it ran under them already
        }
    }

    @Override
    public void onCheckoutRefused(PgError error) {
        end(error);
    }

    @Override
    public SessionSettings settings() {
        return settings;
    }

    @Override
    public boolean settingsProven() {
        return false;
    }

    @Override
    public void onSettingsApplied(ReportedParameters reported, boolean changed) {
        pool.provenSettings().add(settings);
    }

    @Override
    public void onSettingsRefused(SettingsRefusal refusal) {
        server = null;
        if (refusal.kind() == SettingsRefusal.Kind.ELSEWHERE && !ended) {
            waiter.wantNewServer();
            tryOut();
        } else {
            end(errors.settingsRefused(refusal.error()));
        }
    }

    @Override
    public boolean settingsHopeless() {
        return !ClientSettings.dependOnServer(settings);
    }

    @Override
    public void onServerIdle() {
        end(null);
    }

    @Override
    public void onServerLost(String reason, boolean told) {
        server = null;
        end(null); // nothing was said against the settings
    }

    // ---- what only those hear who have something executed ----

    @Override
    public void onAnswer(ByteBuf run) {
        run.release();
    }
}
