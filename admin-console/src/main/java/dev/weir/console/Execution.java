package dev.weir.console;

import java.util.concurrent.CompletionStage;

/// A command that is being carried out.
public interface Execution {

    /// The answer, which may take as long as clients like (`PAUSE`). Never completes exceptionally. May complete on any
    /// thread.
    CompletionStage<ConsoleReply> reply();

    /// Gives the command up: whoever asked pressed ^C or is gone. A pause, a suspension and a wait are taken back and
    /// answered with SQLSTATE 57014; for anything else nothing happens. May be called from any thread.
    void cancel();
}
