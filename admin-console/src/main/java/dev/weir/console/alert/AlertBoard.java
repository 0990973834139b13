package dev.weir.console.alert;

import java.util.List;

/// The alerts as of now, for readers. Thread-safe.
public final class AlertBoard {

    private volatile List<Alert> alerts = List.of();

    /// Pending and active ones, and those cleared lately: the most urgent first.
    public List<Alert> alerts() {
        return alerts;
    }

    /// Those that are raised.
    public List<Alert> active() {
        return alerts.stream()
                .filter(alert -> alert.state() == AlertState.ACTIVE)
                .toList();
    }

    void show(List<Alert> now) {
        alerts = now;
    }
}
