package dev.weir.console.show;

import dev.weir.console.port.ClientState;
import dev.weir.console.port.ServerState;
import dev.weir.console.table.Column;
import dev.weir.console.table.Table;
import java.util.List;
import java.util.concurrent.CompletionStage;

/// `SHOW SOCKETS` and `SHOW ACTIVE_SOCKETS`.
final class ShowSockets implements Topic {

    private final boolean activeOnly;

    ShowSockets(boolean activeOnly) {
        this.activeOnly = activeOnly;
    }

    @Override
    public String name() {
        return activeOnly ? "ACTIVE_SOCKETS" : "SOCKETS";
    }

    @Override
    public String meaning() {
        return activeOnly
                ? "Like SOCKETS, but only connections in the middle of a request."
                : "All connections of both sides, those that log in included, with bytes in flight.";
    }

    @Override
    public List<Column> columns() {
        return ConnectionRow.SOCKETS.columns();
    }

    @Override
    public CompletionStage<Table> read(ShowSource source) {
        return source.view().clients().thenCombine(source.view().servers(), (clients, servers) -> {
            if (activeOnly) {
                return ConnectionRow.SOCKETS.table(ConnectionRow.sockets(
                        clients.stream()
                                .filter(client ->
                                        client.state() == ClientState.ACTIVE || client.state() == ClientState.WAITING)
                                .toList(),
                        servers.stream()
                                .filter(server -> server.state() == ServerState.ACTIVE)
                                .toList()));
            }
            return ConnectionRow.SOCKETS.table(ConnectionRow.sockets(clients, servers));
        });
    }
}
