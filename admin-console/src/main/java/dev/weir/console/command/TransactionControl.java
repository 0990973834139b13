package dev.weir.console.command;

import org.jspecify.annotations.Nullable;

/// The statements by which drivers open, end and clean up a session or a transaction. What follows the first words does
/// not matter to a console.
final class TransactionControl {

    private TransactionControl() {}

    /// The command; `null` when it is none of those.
    ///
    /// @param cursor behind the keyword
    static @Nullable Command parse(String keyword, Cursor cursor) {
        return switch (keyword) {
            case "BEGIN" -> new Command.Transaction("BEGIN", true);
            case "START" -> cursor.skip("TRANSACTION") ? new Command.Transaction("START TRANSACTION", true) : null;
            case "COMMIT", "END" -> new Command.Transaction("COMMIT", false);
            case "ABORT" -> new Command.Transaction("ROLLBACK", false);
            case "ROLLBACK" -> new Command.Transaction("ROLLBACK", cursor.skip("TO"));
            case "SAVEPOINT", "RELEASE" -> new Command.Transaction(keyword, true);
            case "DISCARD" -> new Command.SessionSet(cursor.skip("ALL") ? "DISCARD ALL" : "DISCARD");
            case "DEALLOCATE" -> new Command.SessionSet(cursor.skip("ALL") ? "DEALLOCATE ALL" : "DEALLOCATE");
            case "CLOSE" -> new Command.SessionSet(cursor.skip("ALL") ? "CLOSE CURSOR ALL" : "CLOSE CURSOR");
            case "RESET" -> new Command.SessionSet("RESET");
            case "UNLISTEN" -> new Command.SessionSet("UNLISTEN");
            default -> null;
        };
    }
}
