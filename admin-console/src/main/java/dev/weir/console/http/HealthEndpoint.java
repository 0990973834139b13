package dev.weir.console.http;

import dev.weir.console.port.PoolerState;
import dev.weir.console.port.PoolerView;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/// `/health/live`: the event loops answer. `/health/ready`: new clients are welcome, too. A pause does not make a
/// pooler unready: clients wait, that is the point of it. Thread-safe; blocks while the pooler answers.
final class HealthEndpoint {

    private final PoolerView view;
    private final Duration limit;

    HealthEndpoint(PoolerView view, Duration limit) {
        this.view = view;
        this.limit = limit;
    }

    Response live() {
        try {
            state();
            return Response.text(200, "live");
        } catch (CompletionException _) {
            return Response.text(503, "the event loops do not answer");
        }
    }

    Response ready() {
        try {
            return state().shuttingDown() ? Response.text(503, "shutting down") : Response.text(200, "ready");
        } catch (CompletionException _) {
            return Response.text(503, "the event loops do not answer");
        }
    }

    private PoolerState state() {
        // A copy bears the limit, so that a late answer is not made to fail for others.
        return view.state()
                .toCompletableFuture()
                .copy()
                .orTimeout(limit.toNanos(), TimeUnit.NANOSECONDS)
                .join();
    }
}
