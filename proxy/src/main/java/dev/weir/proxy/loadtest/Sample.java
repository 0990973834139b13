package dev.weir.proxy.loadtest;

/// One second of a load test. Immutable.
///
/// @param second since the beginning; the first ends at 1
/// @param perSecond requests that were answered well, per second
/// @param failures requests and connections that failed, in this second
/// @param connections open at its end
/// @param query the latency of its requests
/// @param acquisition of its new connections
public record Sample(
        double second, double perSecond, long failures, int connections, Latency query, Latency acquisition) {}
