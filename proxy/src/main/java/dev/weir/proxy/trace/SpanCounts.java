package dev.weir.proxy.trace;

/// How many spans there have been. Immutable.
///
/// @param sent taken by the collector
/// @param dropped not sent, for too many waited already, or because Weir ended
/// @param failed not taken by the collector, or it was not reached for too long
public record SpanCounts(long sent, long dropped, long failed) {}
