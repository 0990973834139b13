package dev.weir.console.show;

import dev.weir.console.port.PoolerView;

/// Where topics read from.
///
/// @param view the running pooler
/// @param averages what the pooler counted some time ago
/// @param own what the console itself has done
public record ShowSource(PoolerView view, StatsHistory averages, ConsoleTraffic own) {}
