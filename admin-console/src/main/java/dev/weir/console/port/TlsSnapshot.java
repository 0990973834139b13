package dev.weir.console.port;

/// What has gone wrong with TLS since the process started. Immutable.
///
/// @param clientHandshakeFailures handshakes with clients that have failed
/// @param serverHandshakeFailures handshakes with servers that have failed
public record TlsSnapshot(long clientHandshakeFailures, long serverHandshakeFailures) {}
