package dev.weir.proxy.app;

import dev.weir.config.TransportKind;
import dev.weir.config.WeirConfig;
import dev.weir.config.setting.GeneralSettings;
import dev.weir.proxy.net.EventLoops;
import dev.weir.proxy.net.Transport;

/// What kind of event loops a configuration asks for on this machine, and how many.
final class LoopChoice {

    private LoopChoice() {}

    /// @throws StartupFailed if what is asked for does not work here
    static EventLoops loops(WeirConfig config) throws StartupFailed {
        Transport transport = transport(config);
        return new EventLoops(transport, workers(config, transport));
    }

    private static Transport transport(WeirConfig config) throws StartupFailed {
        TransportKind kind = config.get(GeneralSettings.TRANSPORT);
        Transport wanted = switch (kind) {
            case AUTO -> Transport.best();
            case EPOLL -> Transport.EPOLL;
            case KQUEUE -> Transport.KQUEUE;
            case NIO -> Transport.NIO;
            case IO_URING -> Transport.IO_URING;
        };
        if (!wanted.isAvailable()) {
            throw new StartupFailed("transport " + kind.text() + " does not work on this machine");
        }
        return wanted;
    }

    private static int workers(WeirConfig config, Transport transport) throws StartupFailed {
        int configured = config.get(GeneralSettings.WORKERS);
        if (transport != Transport.IO_URING) {
            return configured > 0 ? configured : Runtime.getRuntime().availableProcessors();
        }
        if (configured > 1) {
            throw new StartupFailed(
                    "transport io_uring works with one event loop, between several connections could not"
                            + " move; set workers = 1, or transport = epoll");
        }
        return 1;
    }
}
