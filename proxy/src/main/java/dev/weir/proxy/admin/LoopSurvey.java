package dev.weir.proxy.admin;

import dev.weir.console.port.CommandRefused;
import dev.weir.proxy.net.Worker;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Puts one question to every event loop, about what is confined to it, and gathers the answers. The answers are made
/// on the loops and must be immutable; they are of slightly different moments. Thread-safe, never blocks.
final class LoopSurvey {

    private final List<Worker> workers;
    private final Duration patience;

    /// @param patience how long all answers together may take; then the question is refused
    LoopSurvey(List<Worker> workers, Duration patience) {
        this.workers = List.copyOf(workers);
        this.patience = patience;
    }

    /// The answer of each loop, in the order of the workers.
    <T> CompletionStage<List<T>> ask(Function<Worker, T> question) {
        List<CompletableFuture<T>> answers =
                workers.stream().map(worker -> answer(worker, question)).toList();
        return CompletableFuture.allOf(answers.toArray(CompletableFuture<?>[]::new))
                .orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS)
                .handle((nothing, failure) -> {
                    if (failure != null) {
                        throw reason(failure);
                    }
                    return answers.stream().map(CompletableFuture::join).toList();
                });
    }

    /// The lists of all loops in one.
    <T> CompletionStage<List<T>> list(Function<Worker, List<T>> question) {
        return ask(question)
                .thenApply(lists -> lists.stream().flatMap(List::stream).toList());
    }

    /// The maps of all loops in one; where several loops have a value for a key, their sum.
    ///
    /// @param plus adds two values up without changing either
    <K, V> CompletionStage<Map<K, V>> merge(Function<Worker, Map<K, V>> question, BinaryOperator<V> plus) {
        return ask(question).thenApply(maps -> {
            Map<K, V> merged = new HashMap<>();
            for (Map<K, V> map : maps) {
                map.forEach((key, value) -> merged.merge(key, value, plus));
            }
            return merged;
        });
    }

    private static <T> CompletableFuture<T> answer(Worker worker, Function<Worker, T> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        try {
            worker.run(() -> {
                try {
                    answer.complete(question.apply(worker));
                } catch (RuntimeException e) {
                    answer.completeExceptionally(e);
                }
            });
        } catch (RejectedExecutionException stopped) {
            answer.completeExceptionally(new CommandRefused("pooler is shutting down"));
        }
        return answer;
    }

    private RuntimeException reason(Throwable failure) {
        Throwable cause = causeOf(failure);
        if (cause instanceof TimeoutException) {
            return new CommandRefused(
                    "57014",
                    "an event loop did not answer within " + patience.toMillis() + " ms",
                    null,
                    "Something keeps the pooler's threads busy; try again.");
        }
        return cause instanceof RuntimeException known ? known : new CompletionException(cause);
    }

    private static Throwable causeOf(Throwable failure) {
        @Nullable Throwable cause = failure.getCause();
        return failure instanceof CompletionException && cause != null ? cause : failure;
    }
}
