package dev.weir.proxy.bench;

/// The databases in the poolers' configuration: one database of PostgreSQL, with pools of several sizes.
final class Databases {

    /// What most workloads use.
    static final String USUAL = "bench";
    /// So few servers that clients stand in line.
    static final String NARROW = "narrow";
    /// For thousands of clients.
    static final String WIDE = "wide";

    /// How many servers each of them may have.
    static final int USUAL_SERVERS = 20;
    /// How many servers each of them may have.
    static final int NARROW_SERVERS = 5;
    /// How many servers each of them may have.
    static final int WIDE_SERVERS = 40;

    private Databases() {}
}
