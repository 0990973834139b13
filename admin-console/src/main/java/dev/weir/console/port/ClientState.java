package dev.weir.console.port;

/// What a client connection does.
public enum ClientState {
    /// Logs in; appears in `SHOW SOCKETS` only.
    LOGIN,
    /// Linked to a server.
    ACTIVE,
    /// Logged in, no server, nothing asked.
    IDLE,
    /// In line for a server.
    WAITING,
    /// A cancel request that a server connection carries.
    ACTIVE_CANCEL_REQ,
    /// A cancel request that waits to be carried.
    WAITING_CANCEL_REQ
}
