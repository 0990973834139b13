package dev.weir.proxy.notify;

import dev.weir.proxy.net.Worker;
import dev.weir.proxy.pool.LoginRefusals;
import dev.weir.proxy.pool.Pool;
import dev.weir.proxy.wire.PgError;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All listening of one pool: which channels its clients want, on which event loops, and the one server connection that
 * listens on them. The connection is opened when the first client listens and closed some time after the last has stopped; if
 * it is lost, another one takes its place and listens on the same channels.
 *
 * <p>It lives on one event loop and is confined to it. What comes from the clients' loops and goes there is passed as tasks,
 * in order: so a client is a member before it can miss anything, and what was committed before a question is handed out
 * before the answer.
 */
public final class ListenHub implements ListenConnection.Events {

    private static final Logger LOGGER = LoggerFactory.getLogger(ListenHub.class);

    /** How long the connection stays when nobody listens. */
    private static final long GRACE_SECONDS = 10;
    /** PostgreSQL answers at once or not at all. */
    private static final long ANSWER_NANOS_MAX = TimeUnit.SECONDS.toNanos(10);

    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final int BATCH_MAX = 200;

    private final Pool pool;
    private final ListenHubs hubs;
    private final Worker worker;
    private final List<LoopChannels> loops;
    private final NotifierPids pids = new NotifierPids();

    /** Who wants each channel, by the index of its event loop. */
    private final Map<String, @Nullable LoopChannel[]> wanted = new LinkedHashMap<>();
    /** What the connection listens on. */
    private final Set<String> heard = new HashSet<>();
    /** Where the two may differ. */
    private final Set<String> dirty = new LinkedHashSet<>();

    private @Nullable ListenConnection connection;
    private @Nullable Batch running;
    private List<Runnable> questions = new ArrayList<>();
    /** So many channels are tried one by one, since one of them was refused. */
    private int singles;

    private boolean gap;
    private boolean retryScheduled;
    private boolean ended;

    /** What the connection is doing. */
    private record Batch(List<String> unlisten, List<String> listen, List<Runnable> questions, long sinceNanos) {}

    ListenHub(Pool pool, ListenHubs hubs) {
        this.pool = pool;
        this.hubs = hubs;
        List<Worker> workers =
                pool.shards().stream().map(shard -> shard.worker()).toList();
        this.worker = workers.get(Math.floorMod(pool.key().hashCode(), workers.size()));
        this.loops = workers.stream().map(each -> new LoopChannels(this, each)).toList();
    }

    /** The part on an event loop. */
    public LoopChannels on(Worker loop) {
        return loops.get(loop.index());
    }

    public Pool pool() {
        return pool;
    }

    /** A client that was told the one pid notifies through the server with the other. Thread-safe. */
    public void onNotifier(int serverPid, int clientPid) {
        pids.note(serverPid, clientPid);
    }

    /** Everything that was notified through it has been handed out. Thread-safe. */
    public void onNotifierGone(int serverPid) {
        pids.forget(serverPid);
    }

    // ---- from the loops ----

    void want(int loop, LoopChannel channel) {
        execute(worker, () -> {
            hubs.remember(this); // it may just have been given up
            wanted.computeIfAbsent(channel.name(), key -> new @Nullable LoopChannel[loops.size()])[loop] = channel;
            pool.listening().channelsAre(wanted.size());
            if (heard.contains(channel.name())) {
                execute(loops.get(loop).worker(), channel::onConfirmed);
            } else {
                dirty.add(channel.name());
                pump();
            }
        });
    }

    void forgo(int loop, LoopChannel channel) {
        execute(worker, () -> {
            @Nullable LoopChannel[] asking = wanted.get(channel.name());
            if (asking != null && channel.equals(asking[loop])) {
                asking[loop] = null;
                if (isNobody(asking)) {
                    remove(channel.name());
                    pump();
                }
            }
        });
    }

    private static boolean isNobody(@Nullable LoopChannel[] asking) {
        for (LoopChannel channel : asking) {
            if (channel != null) {
                return false;
            }
        }
        return true;
    }

    private void remove(String channel) {
        wanted.remove(channel);
        pool.listening().channelsAre(wanted.size());
        dirty.add(channel);
        if (wanted.isEmpty()) {
            worker.loop().schedule(this::closeIfUnused, GRACE_SECONDS, TimeUnit.SECONDS);
        }
    }

    private void closeIfUnused() {
        if (wanted.isEmpty()) {
            hubs.forget(this);
            closeNow("nobody listens");
        }
    }

    void whenCaughtUp(Runnable callback) {
        execute(worker, () -> {
            if (connection == null || !connection.isReady()) {
                callback.run();
            } else {
                questions.add(callback);
                pump();
            }
        });
    }

    // ---- control ----

    /** Closes the connection now. Thread-safe. */
    void closeConnection(String reason) {
        execute(worker, () -> closeNow(reason));
    }

    /** Closes the connection for good. Thread-safe. */
    void end() {
        execute(worker, () -> {
            ended = true;
            closeNow("server shutting down");
        });
    }

    private void closeNow(String reason) {
        ListenConnection open = connection;
        if (open != null) {
            open.close(reason);
        }
    }

    // ---- the connection ----

    /** Does whatever is to be done next. */
    private void pump() {
        ListenConnection open = connection;
        if (ended) {
            closeNow("server shutting down");
        } else if (running != null || (open != null && !open.isReady())) {
            return;
        } else if (open != null) {
            runNext(open);
        } else if (!wanted.isEmpty() && !retryScheduled) {
            open();
        }
    }

    private void runNext(ListenConnection open) {
        Batch batch = nextBatch();
        if (!batch.unlisten.isEmpty() || !batch.listen.isEmpty() || !batch.questions.isEmpty()) {
            running = batch;
            batch.unlisten.forEach(heard::remove);
            open.run(Notifications.sql(batch.unlisten, batch.listen));
        } else if (gap) {
            gap = false;
            LOGGER.warn("{} listens again; notifications may have been missed", pool);
            loops.forEach(loop -> execute(loop.worker(), loop::onRestored));
        }
    }

    private Batch nextBatch() {
        Batch batch = new Batch(new ArrayList<>(), new ArrayList<>(), questions, System.nanoTime());
        questions = new ArrayList<>();
        int max = singles > 0 ? 1 : BATCH_MAX;
        for (String channel : List.copyOf(dirty)) {
            if (batch.unlisten.size() + batch.listen.size() >= max) {
                break;
            }
            dirty.remove(channel);
            boolean want = wanted.containsKey(channel);
            if (want != heard.contains(channel)) {
                (want ? batch.listen : batch.unlisten).add(channel);
            }
        }
        if (singles > 0) {
            singles--;
        }
        return batch;
    }

    @Override
    public void onReady() {
        worker.loop().schedule(this::look, 1, TimeUnit.SECONDS);
        execute(worker, this::pump);
    }

    /** Now and then: whether the connection is the right one, and alive. */
    private void look() {
        ListenConnection open = connection;
        if (open == null || !open.isReady()) {
            return;
        }
        Batch batch = running;
        if (!open.isCurrent()) {
            open.close("close_needed");
        } else if (batch != null && System.nanoTime() - batch.sinceNanos > ANSWER_NANOS_MAX) {
            open.close("listening connection does not answer");
        } else {
            worker.loop().schedule(this::look, 1, TimeUnit.SECONDS);
        }
    }

    @Override
    public void onAnswered(@Nullable PgError error) {
        Batch done = running;
        running = null;
        if (done != null) {
            if (error == null) {
                heard.addAll(done.listen);
                done.listen.forEach(channel -> eachAsking(channel, (loop, there) -> there.onConfirmed()));
                done.listen.stream()
                        .filter(channel -> !wanted.containsKey(channel))
                        .forEach(dirty::add);
            } else {
                onRefused(done, error);
            }
            done.questions.forEach(Runnable::run);
        }
        pump();
    }

    private void onRefused(Batch batch, PgError error) {
        heard.addAll(batch.unlisten);
        dirty.addAll(batch.unlisten);
        if (batch.listen.size() == 1 && batch.unlisten.isEmpty()) {
            refuse(batch.listen.getFirst(), error);
        } else {
            dirty.addAll(batch.listen);
            singles = batch.listen.size() + batch.unlisten.size();
        }
    }

    private void refuse(String channel, PgError error) {
        eachAsking(channel, (loop, there) -> loop.refuse(there, error));
    }

    private void eachAsking(String channel, BiConsumer<LoopChannels, LoopChannel> action) {
        @Nullable LoopChannel[] asking = wanted.get(channel);
        for (int i = 0; asking != null && i < asking.length; i++) {
            LoopChannel there = asking[i];
            LoopChannels loop = loops.get(i);
            if (there != null) {
                execute(loop.worker(), () -> action.accept(loop, there));
            }
        }
    }

    @Override
    public void onNotification(ByteBuf in, int bodyStart, int bodyLength) {
        String channel = Notifications.channel(in, bodyStart, bodyLength);
        if (wanted.containsKey(channel)) {
            int pid = pids.shown(Notifications.pid(in, bodyStart, bodyLength));
            byte[] message = Notifications.message(in, bodyStart, bodyLength, pid);
            pool.listening().count();
            eachAsking(channel, (loop, there) -> there.deliver(message));
        }
    }

    @Override
    public void onClosed(@Nullable PgError loginError, String reason) {
        Batch interrupted = running;
        boolean stood = !heard.isEmpty();
        running = null;
        connection = null;
        heard.clear();
        dirty.clear();
        dirty.addAll(wanted.keySet());
        gap = !wanted.isEmpty() && (gap || stood);
        if (interrupted != null) {
            interrupted.questions.forEach(Runnable::run);
        }
        questions.forEach(Runnable::run);
        questions.clear();
        if (stood) {
            loops.forEach(loop -> execute(loop.worker(), loop::onLost));
        }
        if (loginError != null && LoginRefusals.areFinal(loginError)) {
            wanted.keySet().forEach(channel -> refuse(channel, loginError));
        }
        retry();
    }

    private void open() {
        ListenConnection opened = new ListenConnection(pool, worker, this);
        connection = opened;
        if (!opened.open()) {
            connection = null;
            retry();
        }
    }

    private void retry() {
        if (!wanted.isEmpty() && !retryScheduled && !ended) {
            retryScheduled = true;
            long nanos = Math.max(RETRY_NANOS, pool.pauseNanos(System.nanoTime()));
            worker.loop().schedule(this::onRetry, nanos, TimeUnit.NANOSECONDS);
        }
    }

    private void onRetry() {
        retryScheduled = false;
        pump();
    }

    /** Always as a task of its own, so that everything that goes from one loop to another stays in order. */
    static void execute(Worker where, Runnable task) {
        if (!where.loop().isShuttingDown()) {
            where.loop().execute(task);
        }
    }
}
