package dev.weir.console.api;

import dev.weir.console.json.Json;
import dev.weir.console.json.JsonShape;
import dev.weir.console.port.ListsSnapshot;
import dev.weir.console.port.PoolerIdentity;
import dev.weir.console.port.PoolerState;
import dev.weir.console.port.PoolerView;
import java.time.Instant;
import java.util.List;

/// `/api/status`. Thread-safe.
///
/// @param view the running pooler
record StatusResource(PoolerView view) implements Resource {

    private record Status(Instant time, PoolerIdentity identity, PoolerState state, ListsSnapshot lists) {}

    private static final JsonShape<Status> SHAPE = JsonShape.<Status>of("PoolerStatus")
            .time("time", "when this was so", Status::time)
            .text("version", "Weir's version", s -> s.identity().version())
            .time(
                    "started_at",
                    "when the process started to serve",
                    s -> s.identity().startedAt())
            .integer(
                    "listen_port",
                    "the port for clients; 0 for none",
                    s -> s.identity().listenPort())
            .flag("paused", "all databases are paused", s -> s.state().paused())
            .flag("suspended", "clients are not read", s -> s.state().suspended())
            .flag(
                    "shutting_down",
                    "an orderly shutdown is under way",
                    s -> s.state().shuttingDown())
            .integer("console_clients", "console sessions", s -> s.state().consoleClients())
            .integer("databases", "databases", s -> s.lists().databases())
            .integer("pools", "pools", s -> s.lists().pools())
            .integer(
                    "clients",
                    "clients that are logged in, console sessions included",
                    s -> s.lists().clients())
            .integer("clients_logging_in", "clients that log in", s -> s.lists().loginClients())
            .integer("servers", "server connections", s -> s.lists().servers());

    @Override
    public String path() {
        return "/api/status";
    }

    @Override
    public String summary() {
        return "What this process is, and whether it serves.";
    }

    @Override
    public List<Parameter> parameters() {
        return List.of();
    }

    @Override
    public JsonShape<?> shape() {
        return SHAPE;
    }

    @Override
    public byte[] answer(Query query) {
        Status status = new Status(
                Instant.now(),
                view.identity(),
                view.state().toCompletableFuture().join(),
                view.lists().toCompletableFuture().join());
        return Json.bytes(out -> SHAPE.write(out, status));
    }
}
