package dev.weir.proxy.admin;

import dev.weir.console.port.CommandRefused;
import dev.weir.proxy.client.Census;
import dev.weir.proxy.net.Worker;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Puts one question to every event loop, about what is confined to it, and gathers the answers. The answers are made
/// on the loops and must be immutable; they are of slightly different moments, but no client is left out or told of
/// twice. Thread-safe, never blocks.
final class LoopSurvey {

    private final Census census;
    private final Duration patience;

    /// @param patience how long all answers together may take; then the question is refused
    LoopSurvey(Census census, Duration patience) {
        this.census = census;
        this.patience = patience;
    }

    /// The answer of each loop, in the order of the workers.
    <T> CompletionStage<List<T>> ask(Function<Worker, T> question) {
        return census.take(question)
                .orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS)
                .handle((answers, failure) -> {
                    if (failure != null) {
                        throw reason(failure);
                    }
                    return answers;
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

    private RuntimeException reason(Throwable failure) {
        Throwable cause = causeOf(failure);
        if (cause instanceof TimeoutException) {
            return new CommandRefused(
                    "57014",
                    "an event loop did not answer within " + patience.toMillis() + " ms",
                    null,
                    "Something keeps the pooler's threads busy; try again.");
        }
        if (cause instanceof RejectedExecutionException) {
            return new CommandRefused("pooler is shutting down");
        }
        return cause instanceof RuntimeException known ? known : new CompletionException(cause);
    }

    private static Throwable causeOf(Throwable failure) {
        @Nullable Throwable cause = failure.getCause();
        return failure instanceof CompletionException && cause != null ? cause : failure;
    }
}
