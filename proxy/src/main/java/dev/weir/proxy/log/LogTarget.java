package dev.weir.proxy.log;

/// Where lines go. Used by one thread at a time; never throws, for a log that fails must not stop the pooler.
interface LogTarget extends AutoCloseable {

    /// Hands the line over to the system, whole and at once.
    void write(LogLine line);

    @Override
    void close();
}
