package dev.weir.proxy.admin;

import dev.weir.console.ConsoleReply;
import dev.weir.console.command.Command;
import org.jspecify.annotations.Nullable;

/// A portal of a console session: a command with its parameters, and what is left of its rows. Confined to the
/// session's event loop.
final class ConsolePortal {

    private final ConsoleStatement statement;
    private final @Nullable Command command;
    private final ResultFormats formats;
    private ConsoleReply.@Nullable Rows rows;
    private int sent;
    private boolean done;

    /// @param command what to do; `null` for an empty query
    ConsolePortal(ConsoleStatement statement, @Nullable Command command, ResultFormats formats) {
        this.statement = statement;
        this.command = command;
        this.formats = formats;
    }

    ConsoleStatement statement() {
        return statement;
    }

    @Nullable
    Command command() {
        return command;
    }

    ResultFormats formats() {
        return formats;
    }

    /// The rows, once the command has been carried out and gave any.
    ConsoleReply.@Nullable Rows rows() {
        return rows;
    }

    void startRows(ConsoleReply.Rows all) {
        rows = all;
    }

    /// Index of the first row that has not been sent.
    int sent() {
        return sent;
    }

    void sentUpTo(int row) {
        sent = row;
    }

    /// Whether the command has been carried out without giving rows: it cannot be once more.
    boolean done() {
        return done;
    }

    void finish() {
        done = true;
    }
}
