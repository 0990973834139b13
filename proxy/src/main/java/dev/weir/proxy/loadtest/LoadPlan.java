package dev.weir.proxy.loadtest;

import java.time.Duration;

/// What a load test does. Immutable.
///
/// @param clients how many there are at the height of it
/// @param duration how long all of them are at work
/// @param rampUp over which time they begin, one after the other
/// @param interval from one request of a client to its next; zero: as soon as the last is answered
/// @param requestsPerConnection after how many a client connects anew; 0: never
/// @param workload what they ask
public record LoadPlan(
        int clients,
        Duration duration,
        Duration rampUp,
        Duration interval,
        int requestsPerConnection,
        Workload workload) {

    /// Whether requests are due at times of their own, whatever became of those before. Only then does a stall show in
    /// the
    /// latency of all requests that it held up.
    public boolean isPaced() {
        return !interval.isZero();
    }
}
