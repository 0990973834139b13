package dev.weir.config;

import java.util.Locale;

/// Which of the operating system's interfaces moves the bytes (setting `transport`).
public enum TransportKind implements Choice {
    /// The best one this machine has.
    AUTO,
    EPOLL,
    IO_URING,
    KQUEUE,
    NIO;

    @Override
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
