package dev.weir.proxy.client;

import dev.weir.proxy.net.Worker;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Reaches every client exactly once, though they may move between event loops: while all loops are asked nobody moves, and who
 * is on the way is waited for. Thread-safe, never blocks.
 */
public final class Census {

    private final List<Worker> workers;
    private final List<Runnable> postponed = new ArrayList<>();
    private int underWay;
    private int moving;

    /** @param workers all of them, by index */
    public Census(List<Worker> workers) {
        this.workers = workers;
    }

    /** What each loop answers, in the order of the workers; fails if one of the answers does. */
    public <T> CompletableFuture<List<T>> take(Function<Worker, T> question) {
        List<CompletableFuture<T>> answers =
                workers.stream().map(worker -> new CompletableFuture<T>()).toList();
        begin(() -> {
            for (Worker worker : workers) {
                answer(worker, question, answers.get(worker.index()));
            }
        });
        return CompletableFuture.allOf(answers.toArray(CompletableFuture<?>[]::new))
                .whenComplete((all, failure) -> end())
                .thenApply(all -> answers.stream().map(CompletableFuture::join).toList());
    }

    private static <T> void answer(Worker worker, Function<Worker, T> question, CompletableFuture<T> answer) {
        try {
            worker.loop().execute(() -> {
                try {
                    answer.complete(question.apply(worker));
                } catch (RuntimeException e) {
                    answer.completeExceptionally(e);
                }
            });
        } catch (RuntimeException stopped) {
            answer.completeExceptionally(stopped);
        }
    }

    private void begin(Runnable asking) {
        synchronized (this) {
            underWay++;
            if (moving > 0) {
                postponed.add(asking);
                return;
            }
        }
        asking.run();
    }

    private synchronized void end() {
        underWay--;
    }

    /** Whether a client may leave its loop now; if so, {@link #onMoved} must follow. */
    synchronized boolean mayMove() {
        if (underWay > 0) {
            return false;
        }
        moving++;
        return true;
    }

    /** A client has come to its new loop, or to its end. */
    void onMoved() {
        List<Runnable> due;
        synchronized (this) {
            moving--;
            if (moving > 0 || postponed.isEmpty()) {
                return;
            }
            due = List.copyOf(postponed);
            postponed.clear();
        }
        due.forEach(Runnable::run);
    }
}
