package dev.weir.config;

import java.util.Locale;

/// How clients are distributed over the event loops (setting `worker_use`).
public enum WorkerUse implements Choice {
    /// A loop is filled before the next one is used.
    FILL,
    /// All loops get the same number of clients.
    SPREAD;

    @Override
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
