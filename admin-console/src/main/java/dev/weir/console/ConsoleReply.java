package dev.weir.console;

import dev.weir.console.command.Command;
import dev.weir.console.port.CommandRefused;
import dev.weir.console.table.Table;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The answer to one command. Immutable.
public sealed interface ConsoleReply {

    /// A table.
    ///
    /// @param table what to show
    /// @param tag the command tag
    /// @param descriptors those that go along with the first rows, one with each, if the connection can carry any
    record Rows(Table table, String tag, List<Integer> descriptors) implements ConsoleReply {

        /// Copies the list.
        public Rows {
            descriptors = List.copyOf(descriptors);
        }

        /// A table without descriptors.
        public Rows(Table table, String tag) {
            this(table, tag, List.of());
        }
    }

    /// Done.
    ///
    /// @param tag the command tag
    /// @param notices what to tell before it
    record Completed(String tag, List<Notice> notices) implements ConsoleReply {

        /// Copies the list.
        public Completed {
            notices = List.copyOf(notices);
        }
    }

    /// A transaction of the session begins, ends or goes on.
    ///
    /// @param tag the command tag
    /// @param change which of these
    record TransactionChanged(String tag, Command.TransactionChange change) implements ConsoleReply {}

    /// Not done; the session goes on.
    ///
    /// @param sqlState five characters
    /// @param message the reason
    /// @param detail more about it
    /// @param hint what to do about it
    record Refused(
            String sqlState,
            String message,
            @Nullable String detail,
            @Nullable String hint) implements ConsoleReply {

        /// What a refusal says.
        public static Refused of(CommandRefused refusal) {
            return new Refused(
                    refusal.sqlState(), String.valueOf(refusal.getMessage()), refusal.detail(), refusal.hint());
        }
    }
}
