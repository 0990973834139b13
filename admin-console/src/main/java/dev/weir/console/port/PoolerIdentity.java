package dev.weir.console.port;

import java.time.Duration;
import java.time.Instant;

/// What this process is.
///
/// @param version Weir's own version, such as `0.1.0`
/// @param startedAt when the process started to serve
/// @param listenPort the port on which clients arrive; 0 when there is no TCP listener
/// @param statsPeriod the period that averages cover (`stats_period` at start)
public record PoolerIdentity(String version, Instant startedAt, int listenPort, Duration statsPeriod) {}
