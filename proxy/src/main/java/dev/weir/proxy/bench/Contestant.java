package dev.weir.proxy.bench;

/// One whose figures stand side by side with those of the others.
sealed interface Contestant permits DirectPostgres, Pooler {

    /// What the report calls it.
    String label();

    /// Where clients connect.
    ///
    /// @param database one of [Databases]
    /// @throws BenchFailed if it cannot be started
    Endpoint endpoint(Setup setup, String database) throws BenchFailed, InterruptedException;
}
