package dev.weir.console.port;

/// A socket that is being listened on.
///
/// @param descriptor its number in this process, under which it can be passed to another one
/// @param address where it listens
public record ListenerSnapshot(int descriptor, Endpoint address) {}
