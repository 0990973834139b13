package dev.weir.proxy.app;

import dev.weir.console.port.ShutdownMode;
import java.time.Duration;

/// What signals ask of the process. Called on a thread of its own per signal.
public interface SignalReceiver {

    /// Reads the configuration again and opens the log file anew.
    void reload();

    /// Lets the running transactions end and holds the others.
    void pause();

    /// Ends a pause.
    void resume();

    /// Begins to end.
    void shutDown(ShutdownMode mode);

    /// Whether the end has begun, whoever asked for it.
    boolean isShuttingDown();

    /// Whether clients are not read.
    boolean isSuspended();

    /// How long clients may take to leave after TERM; zero for as long as they like.
    Duration drainTimeout();

    /// Ends the process at once.
    void exitNow(int status);
}
