package dev.weir.console.port;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// What a client does with the server that it has.
public enum BlockerState {
    /// The server works for it.
    ACTIVE,
    /// It is silent within a transaction.
    IDLE_IN_TRANSACTION,
    /// The same, and the transaction has failed.
    IDLE_IN_FAILED_TRANSACTION,
    /// It is silent between two transactions, and cannot go on with another server.
    PINNED,
    /// It is silent between two transactions of its session.
    IDLE,
    /// It reads the write-ahead log.
    REPLICATION;

    /// As operators read it.
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    /// All of them, as operators read them.
    public static List<String> texts() {
        return Arrays.stream(values()).map(BlockerState::text).toList();
    }
}
