package dev.weir.config;

/** When a server connection goes back to its pool. */
public enum PoolMode {
    SESSION,
    TRANSACTION,
    STATEMENT
}
