package dev.weir.console.port;

/// What a server connection does.
public enum ServerState {
    /// Connects or logs in; `new` in `SHOW SERVERS`, `sv_login` in `SHOW SOCKETS`.
    LOGIN,
    /// Linked to a client.
    ACTIVE,
    /// Ready for a client.
    IDLE,
    /// Idle for so long that it must pass a check first.
    USED,
    /// Runs a reset or a check query.
    TESTED,
    /// Carries a cancel request.
    ACTIVE_CANCEL,
    /// Held back until a cancel request for it has finished.
    BEING_CANCELED
}
