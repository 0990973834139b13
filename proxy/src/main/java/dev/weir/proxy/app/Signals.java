package dev.weir.proxy.app;

import dev.weir.console.port.ShutdownMode;
import dev.weir.proxy.log.Severity;
import java.lang.reflect.Proxy;
import java.math.BigDecimal;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Obeys the signals that PgBouncer 1.25 obeys, in its way: HUP reloads, TERM and INT end patiently and the second of
/// them at once, QUIT ends at once, USR1 pauses and USR2 resumes. With `shutdown_drain_timeout`, TERM drains.
public final class Signals {

    private static final Logger LOGGER = LoggerFactory.getLogger(Signals.class);

    // The same numbers on Linux and macOS.
    private static final int SIGHUP = 1;
    private static final int SIGINT = 2;

    private final SignalReceiver receiver;

    Signals(SignalReceiver receiver) {
        this.receiver = receiver;
    }

    /// From now on signals go to the receiver.
    public static void install(SignalReceiver receiver) {
        Signals signals = new Signals(receiver);
        Posix.resetSignal(SIGHUP);
        Posix.resetSignal(SIGINT);
        handle("HUP", signals::onHangUp);
        handle("TERM", signals::onTerminate);
        handle("INT", signals::onInterrupt);
        handle("USR1", signals::onUser1);
        handle("USR2", signals::onUser2);
        QuitSignal.handle(signals::onQuit);
    }

    /// From now on TERM and INT run `stop`, for what has no more to do with signals than to end.
    public static void installStop(Runnable stop) {
        Posix.resetSignal(SIGINT);
        handle("TERM", stop);
        handle("INT", stop);
        QuitSignal.handle(stop);
    }

    /// The JDK's only way to handle a signal is `sun.misc.Signal`, supported (module jdk.unsupported) but not without
    /// a warning from the compiler that cannot be turned off: hence by reflection.
    private static void handle(String name, Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object ours = Proxy.newProxyInstance(handler.getClassLoader(), new Class<?>[] {handler}, (_, _, _) -> {
                action.run();
                return null;
            });
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name), ours);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot handle SIG" + name, e);
        }
    }

    void onHangUp() {
        LOGGER.info("got SIGHUP, re-reading config");
        receiver.reload();
    }

    void onTerminate() {
        Duration drain = receiver.drainTimeout();
        if (drain.isZero()) {
            endPatiently("SIGTERM", ShutdownMode.WAIT_FOR_CLIENTS, "waiting for all clients disconnect");
        } else {
            String limit =
                    BigDecimal.valueOf(drain.toMillis(), 3).stripTrailingZeros().toPlainString();
            endPatiently("SIGTERM", ShutdownMode.DRAIN, "draining for " + limit + " s at most");
        }
    }

    void onInterrupt() {
        endPatiently("SIGINT", ShutdownMode.WAIT_FOR_SERVERS, "waiting for all servers connections to be released");
    }

    private void endPatiently(String signal, ShutdownMode mode, String how) {
        if (receiver.isShuttingDown()) {
            LOGGER.info("got {} while shutting down, fast exit", signal);
            receiver.exitNow(0);
        } else if (receiver.isSuspended()) {
            LOGGER.info("got {}", signal);
            LOGGER.error(Severity.FATAL_MARKER, "suspend was in effect, going down immediately");
            receiver.exitNow(1);
        } else {
            LOGGER.info("got {}, shutting down, {}", signal, how);
            receiver.shutDown(mode);
        }
    }

    void onQuit() {
        LOGGER.info("got SIGQUIT, fast exit");
        receiver.exitNow(0);
    }

    void onUser1() {
        LOGGER.info("got SIGUSR1, pausing all activity");
        receiver.pause();
    }

    void onUser2() {
        if (receiver.isShuttingDown()) {
            LOGGER.info("got SIGUSR2 while shutting down, ignoring");
        } else {
            LOGGER.info("got SIGUSR2, continuing from PAUSE");
            receiver.resume();
        }
    }
}
