package dev.weir.proxy.admin;

import dev.weir.proxy.client.ClientDeparture;
import dev.weir.proxy.client.ClientErrors;
import dev.weir.proxy.client.ClientRegistry;
import dev.weir.proxy.client.ClientServices;
import dev.weir.proxy.client.ClientSession;
import dev.weir.proxy.client.ReplicationSession;
import dev.weir.proxy.net.EventLoops;
import dev.weir.proxy.net.Listeners;
import dev.weir.proxy.net.Worker;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The end that loses no transaction: load balancers are told first, then nobody new is let in, then clients are told
/// to
/// go, some at a time, each between two of its transactions; {@link DrainPlan} has the times. Replication streams run
/// to
/// the last. Consoles and pages are served to the end. Used once; thread-safe.
final class Drain {

    private static final Logger LOGGER = LoggerFactory.getLogger(Drain.class);

    /// So long a client may take to read why it was closed.
    private static final Duration LINGER = Duration.ofSeconds(1);

    /// So long a login may take that was under way when the listeners closed.
    private static final Duration LOGIN_PATIENCE = Duration.ofSeconds(1);

    private final ClientServices clients;
    private final EventLoops loops;
    private final Listeners listeners;
    private final Lifecycle lifecycle;
    private final DrainPlan plan;
    private final long beginNanos = System.nanoTime();
    private final AtomicBoolean empty = new AtomicBoolean();

    Drain(ClientServices clients, EventLoops loops, Listeners listeners, Lifecycle lifecycle, DrainPlan plan) {
        this.clients = clients;
        this.loops = loops;
        this.listeners = listeners;
        this.lifecycle = lifecycle;
        this.plan = plan;
    }

    /// Begins; whoever asks whether the pooler is ready has to be told no already.
    void begin() {
        at(plan.acceptEnd(), this::stopAccepting);
        at(plan.cancelTime(), this::cancel);
        at(plan.closeTime(), this::closeAll);
        at(plan.end(), lifecycle::end);
    }

    private void at(Duration time, Runnable step) {
        long nanos = time.minus(elapsed()).toNanos();
        loops.workers().getFirst().loop().schedule(step, Math.max(0, nanos), TimeUnit.NANOSECONDS);
    }

    private Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - beginNanos);
    }

    private void stopAccepting() {
        LOGGER.info(
                "drain: no new clients from here on, {} are to go", registry().connections());
        clients.closeToNewcomers();
        listeners.closeTcpForClients().thenRun(() -> {
            registry().whenConnectionEnds(this::endWhenNobodyIsLeft);
            endWhenNobodyIsLeft();
            loops.workers().forEach(this::tellSome);
        });
    }

    private void tellSome(Worker worker) {
        worker.loop().scheduleAtFixedRate(() -> tell(worker), 0, DrainPlan.TICK.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void tell(Worker worker) {
        try {
            tellAll(worker);
        } catch (RuntimeException e) {
            LOGGER.error("drain: clients of {} are told later", worker, e); // else nobody would be told any more
        }
    }

    private void tellAll(Worker worker) {
        EachClient.tell(
                registry().logins(worker).stream()
                        .filter(login -> login.isOverdue(LOGIN_PATIENCE))
                        .toList(),
                login -> login.refuse(ClientErrors.draining()));
        List<ClientDeparture> departures = registry().sessions(worker).stream()
                .map(ClientSession::departure)
                .filter(ClientDeparture::mayBegin)
                .toList();
        EachClient.tell(departures.subList(0, plan.share(departures.size(), elapsed())), ClientDeparture::begin);
        List<ReplicationSession> replications = registry().replications(worker).stream()
                .filter(ReplicationSession::isReady)
                .toList();
        EachClient.tell(
                replications.subList(0, plan.share(replications.size(), elapsed())),
                session -> session.closeWithError(ClientErrors.draining()));
    }

    private void cancel() {
        int left = registry().connections();
        if (left > 0) {
            LOGGER.warn("drain: time is nearly up, what {} clients have running is cancelled", left);
            onEachLoop(worker -> EachClient.tell(
                    registry().sessions(worker), session -> session.departure().hurry()));
        }
    }

    private void closeAll() {
        int left = registry().connections();
        if (left > 0) {
            LOGGER.warn("drain: time is up, {} clients are closed", left);
            onEachLoop(this::closeAll);
        }
    }

    private void closeAll(Worker worker) {
        EachClient.tell(
                registry().sessions(worker), session -> session.departure().end());
        EachClient.tell(registry().replications(worker), session -> session.closeWithError(ClientErrors.draining()));
        EachClient.tell(registry().logins(worker), login -> login.channel().close());
    }

    private void onEachLoop(Consumer<Worker> action) {
        registry().census().take(worker -> {
            action.accept(worker);
            return true;
        });
    }

    private void endWhenNobodyIsLeft() {
        if (registry().connections() == 0 && empty.compareAndSet(false, true)) {
            LOGGER.info("drain: all clients have left after {} s", elapsed().toSeconds());
            at(elapsed().plus(LINGER), lifecycle::end);
        }
    }

    private ClientRegistry registry() {
        return clients.clients();
    }
}
