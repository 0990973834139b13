package dev.weir.console.http;

import dev.weir.config.WeirConfig;
import dev.weir.config.setting.HttpSettings;
import dev.weir.console.api.Parameter;
import dev.weir.console.api.Query;
import dev.weir.console.health.DatabaseHealth;
import dev.weir.console.health.Health;
import dev.weir.console.health.HealthShape;
import dev.weir.console.health.Readiness;
import dev.weir.console.json.Json;
import dev.weir.console.json.JsonShape;
import dev.weir.console.port.PoolerView;
import dev.weir.console.port.ServerProbe;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// `/health/live`: the event loops answer. `/health/ready`: new clients are welcome, too. Thread-safe; blocks while the
/// pooler
/// answers.
///
/// What could not be reached at the last attempt is tried again when somebody asks for its health: a load balancer that
/// sends no clients here for that reason would otherwise never hear that it is over.
///
/// @param view the running pooler
/// @param probe tries databases again
/// @param config as it is now
record HealthEndpoint(PoolerView view, ServerProbe probe, Supplier<WeirConfig> config) {

    private static final List<Parameter> DATABASE =
            List.of(new Parameter("database", "whether this one can be used", "string"));
    private static final int OK = 200;
    private static final int UNAVAILABLE = 503;

    Response live(Query query) {
        query.allowOnly(List.of());
        try {
            // Pools are what is asked of the event loops; a copy bears the limit, so that a late answer is not made to
            // fail for others.
            view.pools()
                    .toCompletableFuture()
                    .copy()
                    .orTimeout(deadline().toNanos(), TimeUnit.NANOSECONDS)
                    .join();
            return response(OK, HealthShape.BRIEF, new Readiness("ready", true, List.of()));
        } catch (CompletionException _) {
            return response(UNAVAILABLE, HealthShape.BRIEF, new Readiness("not_responding", false, List.of()));
        }
    }

    /// @param detailed whether the asker may know of databases
    Response ready(Query query, boolean detailed) {
        query.allowOnly(DATABASE);
        String database = query.find("database");
        Readiness readiness = Readiness.look(view, database, deadline());
        if (readiness == null) {
            readiness = unused(database);
        }
        if (readiness == null) {
            return Response.error(404, "there is no such database");
        }
        readiness.databases().stream()
                .filter(each -> each.health() == Health.UNAVAILABLE || each.health() == Health.DEGRADED)
                .map(DatabaseHealth::database)
                .forEach(probe::probe);
        return response(
                readiness.takesClients() ? OK : UNAVAILABLE,
                detailed ? HealthShape.FULL : HealthShape.BRIEF,
                readiness);
    }

    /// What is made on demand from `*` is there as soon as somebody asks for it.
    private @Nullable Readiness unused(@Nullable String database) {
        return database == null || config.get().findDatabase(database) == null
                ? null
                : new Readiness(Health.READY.text(), true, List.of());
    }

    private Duration deadline() {
        return config.get().get(HttpSettings.READY_DEADLINE);
    }

    private static Response response(int status, JsonShape<Readiness> shape, Readiness readiness) {
        return Response.json(status, Json.bytes(out -> shape.write(out, readiness)));
    }
}
