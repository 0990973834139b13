package dev.weir.proxy.client;

import dev.weir.config.WeirConfig;
import dev.weir.config.WorkerUse;
import dev.weir.config.setting.GeneralSettings;
import dev.weir.proxy.net.EventLoops;
import dev.weir.proxy.net.LoopLoad;
import dev.weir.proxy.net.LoopPlan;
import dev.weir.proxy.net.Worker;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the clients on as few event loops as can do their work, or spreads them over all, as {@code worker_use} says. Runs on
 * the first loop; who is to move does so on its own.
 */
public final class ClientBalance {

    private static final Logger LOGGER = LoggerFactory.getLogger(ClientBalance.class);

    private static final long LOOK_MILLIS = 500;
    private static final int LOOKS_TO_OPEN = 2;
    private static final int LOOKS_TO_CLOSE = 20;
    /** Who has asked for something in this time counts as busy. */
    private static final long BUSY_NANOS = 1_000_000_000L;
    /** So many idle clients leave a loop at a time: nobody else there is to notice. */
    private static final int LEAVING_MAX = 100;

    private final Supplier<WeirConfig> config;
    private final EventLoops loops;
    private final ClientRegistry clients;
    private final LoopLoad load;
    private LoopPlan plan;
    private boolean filling;

    private ClientBalance(Supplier<WeirConfig> config, EventLoops loops, ClientRegistry clients) {
        this.config = config;
        this.loops = loops;
        this.clients = clients;
        this.load = new LoopLoad(loops);
        this.plan = newPlan();
        this.filling = fills();
        loops.setOpen(filling ? 1 : loops.workers().size());
    }

    /** Starts; ends with the loops. */
    public static void start(Supplier<WeirConfig> config, EventLoops loops, ClientRegistry clients) {
        ClientBalance balance = new ClientBalance(config, loops, clients);
        if (loops.workers().size() > 1) {
            loops.workers()
                    .getFirst()
                    .loop()
                    .scheduleWithFixedDelay(balance::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private LoopPlan newPlan() {
        return new LoopPlan(loops.workers().size(), LOOKS_TO_OPEN, LOOKS_TO_CLOSE);
    }

    private boolean fills() {
        return config.get().get(GeneralSettings.WORKER_USE) == WorkerUse.FILL;
    }

    private void look() {
        double[] busy = load.look();
        boolean filled = filling;
        filling = fills();
        if (filling) {
            List<LoopPlan.Transfer> transfers = plan.look(busy);
            use(plan.open());
            transfers.forEach(this::begin);
            for (Worker closed :
                    loops.workers().subList(plan.open(), loops.workers().size())) {
                closed.run(() -> clear(closed));
            }
        } else {
            use(loops.workers().size());
            plan = newPlan();
            if (filled) {
                loops.workers().forEach(worker -> worker.run(() -> spread(worker)));
            }
        }
    }

    private void use(int open) {
        if (open != loops.open()) {
            loops.setOpen(open);
            LOGGER.info("event loops in use: {} of {}", open, loops.workers().size());
        }
    }

    private void begin(LoopPlan.Transfer transfer) {
        Worker from = loops.workers().get(transfer.from());
        Worker to = loops.workers().get(transfer.to());
        from.run(() -> {
            long sinceNanos = System.nanoTime() - BUSY_NANOS;
            List<ClientSession> busy = clients.sessions(from).stream()
                    .filter(session -> session.clock().hasBegunSince(sinceNanos) && session.mayMove())
                    .toList();
            busy.stream().limit(Math.round(transfer.share() * busy.size())).forEach(session -> session.moveTo(to));
        });
    }

    /** Sends away who is on a loop that takes nobody. */
    private void clear(Worker closed) {
        List<ClientSession> leaving = clients.sessions(closed).stream()
                .filter(ClientSession::mayMove)
                .limit(LEAVING_MAX)
                .toList();
        int open = loops.open();
        for (int i = 0; i < leaving.size(); i++) {
            leaving.get(i).moveTo(loops.workers().get(i % open));
        }
    }

    /** Sends everybody but this loop's fair part elsewhere. */
    private void spread(Worker worker) {
        List<ClientSession> all = List.copyOf(clients.sessions(worker));
        for (int i = 0; i < all.size(); i++) {
            all.get(i).moveTo(loops.workers().get(i % loops.open()));
        }
    }
}
