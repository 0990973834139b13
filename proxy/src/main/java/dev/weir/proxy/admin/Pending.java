package dev.weir.proxy.admin;

import dev.weir.console.port.CommandRefused;
import dev.weir.console.port.PendingAction;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/// An action under way. Thread-safe: it ends once, done or undone.
final class Pending implements PendingAction {

    private final CompletableFuture<Void> done;
    private final Runnable undo;

    Pending(CompletableFuture<Void> done, Runnable undo) {
        this.done = done;
        this.undo = undo;
    }

    static PendingAction refused(String message) {
        return new Pending(CompletableFuture.failedFuture(new CommandRefused(message)), () -> {});
    }

    @Override
    public CompletionStage<Void> done() {
        return done;
    }

    @Override
    public void undo() {
        if (done.completeExceptionally(
                new CommandRefused("57014", "canceling statement due to user request", null, null))) {
            undo.run();
        }
    }
}
