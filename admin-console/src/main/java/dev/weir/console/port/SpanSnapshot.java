package dev.weir.console.port;

/// What has come of spans since the process started. Immutable.
///
/// @param sent taken by the collector
/// @param dropped not sent, for too many waited already
/// @param failed not taken by the collector, or it was not reached for too long
public record SpanSnapshot(long sent, long dropped, long failed) {}
