package dev.weir.console.show;

import dev.weir.console.advice.Advisor;
import dev.weir.console.alert.AlertBoard;
import dev.weir.console.port.PoolerView;

/// Where topics read from.
///
/// @param view the running pooler
/// @param averages what the pooler counted some time ago
/// @param own what the console itself has done
/// @param alerts the alerts as of now
/// @param advisor what size pools should have
public record ShowSource(
        PoolerView view, StatsHistory averages, ConsoleTraffic own, AlertBoard alerts, Advisor advisor) {}
