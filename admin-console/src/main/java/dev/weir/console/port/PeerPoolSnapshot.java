package dev.weir.console.port;

/// The connections to one peer.
///
/// @param peerId its id
/// @param clientsActiveCancel cancel requests that a connection carries
/// @param clientsWaitingCancel cancel requests that wait
/// @param serversActiveCancel connections that carry a cancel request
/// @param serversLogin connections being made
public record PeerPoolSnapshot(
        int peerId, int clientsActiveCancel, int clientsWaitingCancel, int serversActiveCancel, int serversLogin) {}
