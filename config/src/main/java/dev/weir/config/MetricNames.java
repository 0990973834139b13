package dev.weir.config;

import java.util.Locale;

/// Under which names metrics are served.
public enum MetricNames implements Choice {
    /// Weir's own.
    WEIR,
    /// Those of pgbouncer_exporter.
    PGBOUNCER,
    /// Both.
    BOTH;

    @Override
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
