package dev.weir.console.api;

import dev.weir.console.advice.AdviceRow;
import dev.weir.console.advice.AdviceShape;
import dev.weir.console.advice.Advisor;
import dev.weir.console.alert.Alert;
import dev.weir.console.alert.AlertBoard;
import dev.weir.console.alert.AlertShape;
import dev.weir.console.api.ListResource.Filter;
import dev.weir.console.history.History;
import dev.weir.console.json.Json;
import dev.weir.console.json.JsonShape;
import dev.weir.console.port.BlockerSnapshot;
import dev.weir.console.port.ClientSnapshot;
import dev.weir.console.port.DatabaseSnapshot;
import dev.weir.console.port.PinSnapshot;
import dev.weir.console.port.PoolSnapshot;
import dev.weir.console.port.PoolerView;
import dev.weir.console.port.QuerySnapshot;
import dev.weir.console.port.ServerSnapshot;
import dev.weir.console.port.SettingSnapshot;
import dev.weir.console.port.SlowQuerySnapshot;
import dev.weir.console.port.StatsSnapshot;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// Everything under `/api/`. Thread-safe.
public final class Api {

    /// Where the description is.
    public static final String OPEN_API = "/api/openapi.json";

    private static final JsonShape<SettingSnapshot> SETTING = JsonShape.<SettingSnapshot>of("Setting")
            .text("name", "its name", SettingSnapshot::key)
            .optionalText("value", "its value as SHOW CONFIG has it, *** for a secret", SettingSnapshot::value)
            .optionalText("default", "its default", SettingSnapshot::defaultValue)
            .flag("changeable", "RELOAD and SET can change it", SettingSnapshot::changeable);

    private final List<Resource> resources;

    /// @param board the alerts
    /// @param history the last minutes
    /// @param advisor what size pools should have
    public Api(PoolerView view, AlertBoard board, History history, Advisor advisor) {
        resources = List.of(
                new StatusResource(view),
                pools(view),
                clients(view),
                servers(view),
                databases(view),
                stats(view),
                pins(view),
                queries(view),
                slow(view),
                blockers(view),
                alerts(board),
                advice(advisor),
                new HistoryResource(history),
                config(view));
    }

    private static Resource pools(PoolerView view) {
        return new ListResource<>(
                "/api/pools",
                "The pools: one for each database and user.",
                "pools",
                PoolShapes.POOL,
                Comparator.comparing(PoolSnapshot::database).thenComparing(PoolSnapshot::user),
                List.of(
                        new Filter<>(
                                Parameter.DATABASE,
                                (pool, name) -> pool.database().equals(name)),
                        new Filter<>(Parameter.USER, (pool, name) -> pool.user().equals(name))),
                view::pools);
    }

    private static Resource clients(PoolerView view) {
        return new ListResource<>(
                "/api/clients",
                "The client connections, the oldest first.",
                "clients",
                ConnectionShapes.CLIENT,
                Comparator.comparingLong(
                        (ClientSnapshot client) -> client.connection().id()),
                List.of(
                        new Filter<>(
                                Parameter.DATABASE,
                                (client, name) ->
                                        name.equals(client.connection().database())),
                        new Filter<>(
                                Parameter.USER,
                                (client, name) ->
                                        name.equals(client.connection().user())),
                        new Filter<>(
                                new Parameter(
                                        "state",
                                        "only of those that do this",
                                        String.join("|", ConnectionShapes.CLIENT_STATES)),
                                (client, state) -> is(client.state(), state, ConnectionShapes.CLIENT_STATES))),
                view::clients);
    }

    private static Resource servers(PoolerView view) {
        return new ListResource<>(
                "/api/servers",
                "The server connections, the oldest first.",
                "servers",
                ConnectionShapes.SERVER,
                Comparator.comparingLong(
                        (ServerSnapshot server) -> server.connection().id()),
                List.of(
                        new Filter<>(
                                Parameter.DATABASE,
                                (server, name) ->
                                        name.equals(server.connection().database())),
                        new Filter<>(
                                Parameter.USER,
                                (server, name) ->
                                        name.equals(server.connection().user())),
                        new Filter<>(
                                new Parameter(
                                        "state",
                                        "only of those that do this",
                                        String.join("|", ConnectionShapes.SERVER_STATES)),
                                (server, state) -> is(server.state(), state, ConnectionShapes.SERVER_STATES))),
                view::servers);
    }

    private static boolean is(Enum<?> state, String wanted, List<String> known) {
        if (!known.contains(wanted)) {
            throw new BadParameter("state is to be one of " + String.join(", ", known));
        }
        return ConnectionShapes.lower(state).equals(wanted);
    }

    private static Resource databases(PoolerView view) {
        return new ListResource<>(
                "/api/databases",
                "The databases that clients can ask for.",
                "databases",
                PoolShapes.DATABASE,
                Comparator.comparing(DatabaseSnapshot::name),
                List.of(new Filter<>(
                        Parameter.DATABASE, (database, name) -> database.name().equals(name))),
                view::databases);
    }

    private static Resource stats(PoolerView view) {
        return new ListResource<>(
                "/api/stats",
                "What each pool has counted since the process started.",
                "stats",
                PoolShapes.STATS,
                Comparator.comparing(StatsSnapshot::database).thenComparing(StatsSnapshot::user),
                List.of(
                        new Filter<>(
                                Parameter.DATABASE,
                                (stats, name) -> stats.database().equals(name)),
                        new Filter<>(
                                Parameter.USER, (stats, name) -> stats.user().equals(name))),
                view::stats);
    }

    private static Resource pins(PoolerView view) {
        return new ListResource<>(
                "/api/pins",
                "Why clients keep their servers between transactions, the oldest reason first.",
                "pins",
                PoolShapes.PIN,
                Comparator.comparingLong(PinSnapshot::sinceEpochMicros)
                        .thenComparingLong(PinSnapshot::clientId)
                        .thenComparing(PinSnapshot::reason)
                        .thenComparing(PinSnapshot::detail),
                List.of(new Filter<>(
                        Parameter.DATABASE, (pin, name) -> pin.database().equals(name))),
                view::pins);
    }

    private static Resource queries(PoolerView view) {
        return new ListResource<>(
                "/api/queries",
                "What took the servers' time: statements and what they have cost, those that took most of it first.",
                "queries",
                InsightShapes.QUERY,
                QuerySnapshot.MOST_TIME_FIRST,
                List.of(
                        new Filter<>(
                                Parameter.DATABASE,
                                (query, name) -> query.database().equals(name)),
                        new Filter<>(
                                Parameter.USER, (query, name) -> query.user().equals(name))),
                view::queries);
    }

    private static Resource slow(PoolerView view) {
        return new ListResource<>(
                "/api/slow",
                "The last queries that took a server for slow_query_threshold or longer, the last first.",
                "queries",
                InsightShapes.SLOW,
                Api::asTheyCome,
                List.of(
                        new Filter<SlowQuerySnapshot>(
                                Parameter.DATABASE,
                                (query, name) -> query.database().equals(name)),
                        new Filter<SlowQuerySnapshot>(
                                Parameter.USER, (query, name) -> query.user().equals(name))),
                view::slowQueries);
    }

    private static Resource blockers(PoolerView view) {
        return new ListResource<>(
                "/api/blockers",
                "The clients that have a server: leaking ones first, then those in pools where clients wait.",
                "blockers",
                InsightShapes.BLOCKER,
                BlockerSnapshot.WORST_FIRST,
                List.of(
                        new Filter<>(
                                Parameter.DATABASE,
                                (blocker, name) -> blocker.database().equals(name)),
                        new Filter<>(
                                Parameter.USER,
                                (blocker, name) -> blocker.user().equals(name))),
                view::blockers);
    }

    private static Resource alerts(AlertBoard board) {
        return new ListResource<>(
                "/api/alerts",
                "Alerts that are pending or active, and those cleared within the last hour; the most urgent first.",
                "alerts",
                AlertShape.SHAPE,
                Api::asTheyCome,
                List.of(new Filter<Alert>(
                        new Parameter("state", "only those in this state", "pending|active|cleared"),
                        (alert, state) -> is(alert.state(), state, List.of("pending", "active", "cleared")))),
                () -> CompletableFuture.completedStage(board.alerts()));
    }

    private static Resource advice(Advisor advisor) {
        return new ListResource<>(
                "/api/advice",
                "What size each pool needs, what that comes to at each server, and which timeouts do not go together.",
                "advice",
                AdviceShape.SHAPE,
                Api::asTheyCome,
                List.of(new Filter<AdviceRow>(
                        new Parameter("kind", "only what is about this", "pool|server|timeouts"),
                        (row, kind) -> is(row.kind(), kind, List.of("pool", "server", "timeouts")))),
                advisor::advise);
    }

    /// The order they are in already.
    private static int asTheyCome(Object one, Object other) {
        return 0;
    }

    private static Resource config(PoolerView view) {
        return new ListResource<>(
                "/api/config",
                "The global settings in force, by name.",
                "settings",
                SETTING,
                Comparator.comparing(SettingSnapshot::key),
                List.of(),
                view::settings);
    }

    /// The answer to a request; `null` if there is no such path.
    ///
    /// @throws BadParameter if it was not asked for as it can be
    /// @throws java.util.concurrent.CompletionException if the pooler does not answer
    public byte @Nullable [] answer(String path, Query query) {
        if (path.equals(OPEN_API)) {
            query.allowOnly(List.of());
            return openApi();
        }
        for (Resource resource : resources) {
            if (resource.path().equals(path)) {
                query.allowOnly(resource.parameters());
                return resource.answer(query);
            }
        }
        return null;
    }

    /// The OpenAPI document.
    byte[] openApi() {
        return Json.pretty(out -> new OpenApi(out, resources).write());
    }
}
