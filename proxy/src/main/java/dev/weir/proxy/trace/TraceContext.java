package dev.weir.proxy.trace;

/// The span of an application within which it runs a statement (W3C Trace Context, "traceparent"). Immutable.
///
/// @param traceHigh first half of the trace's id
/// @param traceLow second half; not both are 0
/// @param spanId of the span; not 0
/// @param sampled whether whoever began the trace wants it recorded
public record TraceContext(long traceHigh, long traceLow, long spanId, boolean sampled) {}
