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
            case "BEGIN" -> begins("BEGIN");
            case "START" -> cursor.skip("TRANSACTION") ? begins("START TRANSACTION") : null;
            case "COMMIT", "END" -> ends("COMMIT");
            case "ABORT" -> ends("ROLLBACK");
            case "ROLLBACK" -> cursor.skip("TO") ? goesOn("ROLLBACK") : ends("ROLLBACK");
            case "SAVEPOINT", "RELEASE" -> goesOn(keyword);
            case "DISCARD" -> new Command.SessionSet(cursor.skip("ALL") ? "DISCARD ALL" : "DISCARD");
            case "DEALLOCATE" -> new Command.SessionSet(cursor.skip("ALL") ? "DEALLOCATE ALL" : "DEALLOCATE");
            case "CLOSE" -> new Command.SessionSet(cursor.skip("ALL") ? "CLOSE CURSOR ALL" : "CLOSE CURSOR");
            case "RESET" -> new Command.SessionSet("RESET");
            case "UNLISTEN" -> new Command.SessionSet("UNLISTEN");
            default -> null;
        };
    }

    private static Command begins(String tag) {
        return new Command.Transaction(tag, Command.TransactionChange.BEGINS);
    }

    private static Command ends(String tag) {
        return new Command.Transaction(tag, Command.TransactionChange.ENDS);
    }

    private static Command goesOn(String tag) {
        return new Command.Transaction(tag, Command.TransactionChange.GOES_ON);
    }
}
