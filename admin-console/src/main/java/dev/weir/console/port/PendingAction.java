package dev.weir.console.port;

import java.util.concurrent.CompletionStage;

/// An action that may take as long as clients like, and that whoever ordered it may take back while it waits.
public interface PendingAction {

    /// Completes when the action is done, exceptionally with [CommandRefused] when it was refused or undone.
    CompletionStage<Void> done();

    /// Takes the action back if it still waits; nothing happens once it is done. May be called from any thread.
    void undo();
}
