package dev.weir.console.port;

/// Memory that serves one purpose.
///
/// @param name what it is for, such as `client_cache` or `netty_direct`
/// @param unitBytes size of one object; 0 when sizes differ
/// @param used objects in use
/// @param free objects kept for reuse
/// @param totalBytes all of it
public record MemorySnapshot(String name, int unitBytes, long used, long free, long totalBytes) {}
