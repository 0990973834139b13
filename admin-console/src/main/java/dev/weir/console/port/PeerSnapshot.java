package dev.weir.console.port;

/// One configured peer.
///
/// @param peerId its id
/// @param host where it listens
/// @param port the port there
/// @param poolSize connections to it at a time
public record PeerSnapshot(int peerId, String host, int port, int poolSize) {}
