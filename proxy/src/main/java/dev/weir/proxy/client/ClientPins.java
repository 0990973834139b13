package dev.weir.proxy.client;

import dev.weir.config.setting.LogSettings;
import dev.weir.proxy.pool.PinHolder;
import dev.weir.proxy.server.ServerConnection;
import dev.weir.proxy.state.Pin;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the world for how long and why a client keeps its server: the pool's list, its counters, the log. Confined to the
 * client's event loop.
 */
final class ClientPins {

    private static final Logger LOGGER = LoggerFactory.getLogger(ClientPins.class);

    private final ClientSession session;
    private final ClientServices services;
    private @Nullable PinHolder holder;

    ClientPins(ClientSession session, ClientServices services) {
        this.session = session;
        this.services = services;
    }

    /** What keeps the server now. */
    void are(List<Pin> pins, ServerConnection server) {
        if (pins.isEmpty()) {
            none();
            return;
        }
        PinHolder before = holder;
        int pid = server.backendKey().pid();
        List<PinHolder.Hold> holds = new ArrayList<>();
        for (Pin pin : pins) {
            PinHolder.Hold earlier = before == null ? null : find(before, pin);
            holds.add(
                    earlier == null
                            ? begin(pin, pid)
                            : new PinHolder.Hold(pin, earlier.sinceMillis(), earlier.sinceNanos()));
        }
        PinHolder now = new PinHolder(
                session.login().id(),
                session.login().database().name(),
                session.login().user(),
                session.login().address(),
                session.remoteAddress(),
                session.localAddress(),
                session.applicationName(),
                pid,
                holds);
        holder = now;
        session.pool().pinned().put(now);
    }

    private PinHolder.Hold begin(Pin pin, int pid) {
        session.pool().pinned().count(pin.reason());
        if (logs()) {
            LOGGER.info("{} pinned to server pid={}: {}", session, pid, pin);
        }
        return new PinHolder.Hold(pin, System.currentTimeMillis(), System.nanoTime());
    }

    /** The same thing as it was found before; the number of locks may have changed. */
    private static PinHolder.@Nullable Hold find(PinHolder before, Pin pin) {
        for (PinHolder.Hold hold : before.holds()) {
            boolean counted =
                    pin.reason() == Pin.Reason.ADVISORY_LOCK && hold.pin().reason() == pin.reason();
            if (counted || hold.pin().equals(pin)) {
                return hold;
            }
        }
        return null;
    }

    /** Nothing keeps a server any more. */
    void none() {
        PinHolder before = holder;
        if (before == null) {
            return;
        }
        holder = null;
        session.pool().pinned().remove(before.clientId());
        if (logs()) {
            long nanos = System.nanoTime() - before.oldest().sinceNanos();
            LOGGER.info(
                    "{} no longer pinned to server pid={} after {} s",
                    session,
                    before.serverPid(),
                    String.format(Locale.ROOT, "%.3f", nanos / 1e9));
        }
    }

    private boolean logs() {
        return services.config().get(LogSettings.LOG_PINS);
    }
}
