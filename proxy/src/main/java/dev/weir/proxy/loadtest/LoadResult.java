package dev.weir.proxy.loadtest;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/// What a load test met. Immutable.
///
/// @param target what was tested
/// @param began when
/// @param seconds how long all clients were at work
/// @param answered requests that were answered well while all clients were at work
/// @param successes all requests that were answered well
/// @param failures requests and connections that failed
/// @param errors why, and how often, the most frequent first
/// @param peakConnections most connections that were open at a time
/// @param peakActive most requests that were under way at a time
/// @param query latency of the requests while all clients were at work
/// @param acquisition how long it took to connect and log in, from the beginning on
/// @param samples second by second
public record LoadResult(
        String target,
        Instant began,
        double seconds,
        long answered,
        long successes,
        long failures,
        Map<String, Long> errors,
        int peakConnections,
        int peakActive,
        Latency query,
        Latency acquisition,
        List<Sample> samples) {

    /// Requests per second while all clients were at work.
    public double throughput() {
        return seconds <= 0 ? 0 : answered / seconds;
    }

    /// The share of requests that went well, in percent; 0 if there were none.
    public double successPercent() {
        long all = successes + failures;
        return all == 0 ? 0 : 100.0 * successes / all;
    }
}
