package dev.weir.console.port;

import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// The actions an operator may order. May be called from any thread; actions are carried out in the order of the
/// calls. An action that cannot be done fails its stage with [CommandRefused], whose message is what the console
/// shows. A `null` database means all of them.
public interface PoolerControl {

    /// Stops assigning servers and completes when no server of the database is active any more.
    PendingAction pause(@Nullable String database);

    /// Ends a pause, a suspension or what [#kill] left behind.
    CompletionStage<Void> resume(@Nullable String database);

    /// Stops reading from clients and completes when none is read any more.
    PendingAction suspend();

    /// Marks every server connection of the database to be closed when it is released; idle ones go at once.
    CompletionStage<Void> reconnect(@Nullable String database);

    /// Reads the configuration anew: all of it or, if it has a problem, nothing.
    CompletionStage<ReloadReport> reload();

    /// Refuses new logins to the database.
    CompletionStage<Void> disable(String database);

    /// Admits logins to the database again.
    CompletionStage<Void> enable(String database);

    /// Closes all clients and servers of the database at once and leaves it paused.
    CompletionStage<Void> kill(@Nullable String database);

    /// Closes one client.
    ///
    /// @param id the `id` column of `SHOW CLIENTS`
    CompletionStage<Void> killClient(long id);

    /// Counts statements from nothing.
    CompletionStage<Void> resetQueries();

    /// Completes when no server of the database is marked to be closed any more. Undoing it ends the wait.
    PendingAction waitClose(@Nullable String database);

    /// Starts to shut down; completes when the order is accepted, not when it is carried out.
    CompletionStage<Void> shutdown(ShutdownMode mode);

    /// Changes a setting until the next reload. Completes with notices for the operator, usually none.
    CompletionStage<ReloadReport> set(String key, String value);
}
