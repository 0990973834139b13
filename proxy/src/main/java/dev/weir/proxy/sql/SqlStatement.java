package dev.weir.proxy.sql;

/// A text of exactly one statement that does something to its session. Names are as PostgreSQL knows them: folded,
/// unquoted, cut to 63 bytes. Offsets count bytes from the start of the text.
public sealed interface SqlStatement {
    /// DEALLOCATE of one statement.
    ///
    /// @param nameStart where the name stands, with its quotes
    record Deallocate(String name, int nameStart, int nameEnd) implements SqlStatement {}

    /// DEALLOCATE ALL.
    record DeallocateAll() implements SqlStatement {}

    /// DISCARD ALL.
    record DiscardAll() implements SqlStatement {}

    /// PREPARE. Between `nameEnd` and `end` stand the types of parameters, AS and the statement.
    ///
    /// @param nameStart where the name stands, with its quotes
    /// @param end where the text ends without semicolons, comments and blanks
    record Prepare(String name, int nameStart, int nameEnd, int end) implements SqlStatement {}

    /// EXECUTE, also behind EXPLAIN or CREATE TABLE … AS. Behind `nameEnd` stand its arguments.
    record Execute(String name, int nameStart, int nameEnd, int end) implements SqlStatement {}

    /// LISTEN.
    record Listen(String channel) implements SqlStatement {}

    /// UNLISTEN of one channel.
    record Unlisten(String channel) implements SqlStatement {}

    /// UNLISTEN of all.
    record UnlistenAll() implements SqlStatement {}

    /// NOTIFY.
    ///
    /// @param payload empty if there is none
    record Notify(String channel, String payload) implements SqlStatement {}

    /// SET of one setting that can be said as `SET name TO value`.
    ///
    /// @param name in lower case; `SET TIME ZONE`, `SET NAMES`, `SET ROLE` and the like under the setting's name
    /// @param value as written, quotes and all; may be a list. Empty if it is the default
    /// @param local whether it holds until the end of the transaction only
    /// @param isDefault whether the setting goes back to its default
    record SetPlain(String name, String value, boolean local, boolean isDefault) implements SqlStatement {}

    /// RESET of one setting.
    record Reset(String name) implements SqlStatement {}

    /// RESET ALL.
    record ResetAll() implements SqlStatement {}

    /// BEGIN or START TRANSACTION, with any options.
    record Begin() implements SqlStatement {}

    /// COMMIT or END, without AND CHAIN.
    record Commit() implements SqlStatement {}

    /// ROLLBACK or ABORT, without AND CHAIN.
    record Rollback() implements SqlStatement {}

    /// SAVEPOINT.
    record Savepoint(String name) implements SqlStatement {}

    /// RELEASE SAVEPOINT.
    record Release(String name) implements SqlStatement {}

    /// ROLLBACK TO SAVEPOINT.
    record RollbackTo(String name) implements SqlStatement {}

    /// Whatever is not surely one of those.
    record Other() implements SqlStatement {}
}
