package dev.weir.console.command;

import dev.weir.console.port.ShutdownMode;
import dev.weir.console.show.Topic;
import dev.weir.console.table.Table;
import org.jspecify.annotations.Nullable;

/// What somebody at the console wants. A `null` database means all of them.
public sealed interface Command {

    /// `SHOW HELP`.
    record Help() implements Command {}

    /// `SHOW` of a topic.
    ///
    /// @param topic what to show
    record Show(Topic topic) implements Command {}

    /// `SHOW` of one of the pooler's settings.
    ///
    /// @param key its name, which need not exist
    record ShowSetting(String key) implements Command {}

    /// A question that clients ask of their own accord and whose answer is known beforehand.
    ///
    /// @param table the answer
    /// @param tag the command tag without the number of rows
    record Known(Table table, String tag) implements Command {}

    /// `PAUSE`.
    ///
    /// @param database which
    record Pause(@Nullable String database) implements Command {}

    /// `RESUME`.
    ///
    /// @param database which
    record Resume(@Nullable String database) implements Command {}

    /// `SUSPEND`.
    record Suspend() implements Command {}

    /// `RECONNECT`.
    ///
    /// @param database which
    record Reconnect(@Nullable String database) implements Command {}

    /// `RELOAD`.
    record Reload() implements Command {}

    /// `DISABLE`.
    ///
    /// @param database which
    record Disable(String database) implements Command {}

    /// `ENABLE`.
    ///
    /// @param database which
    record Enable(String database) implements Command {}

    /// `KILL`.
    ///
    /// @param database which
    record Kill(@Nullable String database) implements Command {}

    /// `KILL_CLIENT`.
    ///
    /// @param id what was given as the client's id, which need not be a number
    record KillClient(String id) implements Command {}

    /// `RESET QUERIES`.
    record ResetQueries() implements Command {}

    /// `WAIT_CLOSE`.
    ///
    /// @param database which
    record WaitClose(@Nullable String database) implements Command {}

    /// `SHUTDOWN`.
    ///
    /// @param mode how
    record Shutdown(ShutdownMode mode) implements Command {}

    /// `SET` of one of the pooler's settings.
    ///
    /// @param key its name, which need not exist
    /// @param value the new value as text
    record Set(String key, String value) implements Command {}

    /// A `SET` or `RESET` of something that belongs to a session of PostgreSQL: accepted and without effect.
    ///
    /// @param tag the command tag
    record SessionSet(String tag) implements Command {}

    /// The begin or end of a transaction: there is nothing to roll back, but drivers keep track of it.
    ///
    /// @param tag the command tag
    /// @param change what becomes of the transaction
    record Transaction(String tag, TransactionChange change) implements Command {}

    /// What becomes of a transaction.
    enum TransactionChange {
        /// It begins.
        BEGINS,
        /// It ends, one way or the other.
        ENDS,
        /// It goes on if there is one, even after an error.
        GOES_ON
    }
}
