package dev.weir.console.show;

import dev.weir.console.port.Endpoint;
import dev.weir.console.port.ListenerSnapshot;
import dev.weir.console.table.Column;
import dev.weir.console.table.ColumnType;
import dev.weir.console.table.Table;
import dev.weir.console.table.TableShape;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// `SHOW FDS`: the sockets, those that are listened on first. Their descriptors go along with the rows when it is asked
/// over the Unix socket by the pooler's own user; that is how a successor gets them. Connections stay where they are,
/// so the columns that only their next owner would need are NULL, secrets above all.
final class ShowFds implements Topic {

    private static final String LISTENER = "pooler";
    private static final String STAYS = "always NULL: connections stay with their process";
    private static final String SECRET = "always NULL: secrets are not shown";
    private static final int DESCRIPTOR = 0;
    private static final int TASK = 1;

    /// @param descriptor null for a connection
    /// @param connection null for a listener
    private record Socket(
            @Nullable Integer descriptor,
            Endpoint address,
            @Nullable ConnectionRow connection) {

        static Socket of(ListenerSnapshot listener) {
            return new Socket(listener.descriptor(), listener.address(), null);
        }

        static Socket of(ConnectionRow row) {
            return new Socket(null, row.connection().peer(), row);
        }

        String task() {
            if (connection == null) {
                return LISTENER;
            }
            return connection.type().equals("C") ? "client" : "server";
        }
    }

    private static final TableShape<Socket> SHAPE = TableShape.<Socket>empty()
            .nullableInt4(
                    "fd", "a listening socket's descriptor in this process; NULL for connections", Socket::descriptor)
            .text("task", "pooler (a listening socket), client or server", Socket::task)
            .text(
                    "user",
                    "login user",
                    socket -> socket.connection() == null
                            ? null
                            : socket.connection().connection().user())
            .text(
                    "database",
                    "database as clients name it",
                    socket -> socket.connection() == null
                            ? null
                            : socket.connection().connection().database())
            .text(
                    "addr",
                    "address of the other end, of a listening socket its own; unix for a Unix socket",
                    socket -> socket.address().address())
            .int4("port", "the port there", socket -> socket.address().port())
            .unknown("cancel", ColumnType.INT8, "always NULL: cancel keys are secrets")
            .int4(
                    "link",
                    "id of the connection at the other side; 0 when there is none",
                    socket -> socket.connection() == null
                            ? 0
                            : socket.connection().connection().linkId())
            .unknown("client_encoding", ColumnType.TEXT, STAYS)
            .unknown("std_strings", ColumnType.TEXT, STAYS)
            .unknown("datestyle", ColumnType.TEXT, STAYS)
            .unknown("timezone", ColumnType.TEXT, STAYS)
            .unknown("password", ColumnType.TEXT, SECRET)
            .unknown("scram_client_key", ColumnType.BYTEA, SECRET)
            .unknown("scram_server_key", ColumnType.BYTEA, SECRET);

    @Override
    public String name() {
        return "FDS";
    }

    @Override
    public String meaning() {
        return "Sockets. Over the Unix socket, the pooler's own user gets the descriptor of each listening one along"
                + " with its row (`SCM_RIGHTS`): so `weir run -R` takes them over.";
    }

    @Override
    public boolean adminOnly() {
        return true;
    }

    @Override
    public List<Column> columns() {
        return SHAPE.columns();
    }

    @Override
    public List<Integer> descriptors(Table table) {
        List<Integer> descriptors = new ArrayList<>();
        for (List<@Nullable String> row : table.rows()) {
            String descriptor = row.get(DESCRIPTOR);
            if (descriptor == null || !LISTENER.equals(row.get(TASK))) {
                break;
            }
            descriptors.add(Integer.valueOf(descriptor));
        }
        return descriptors;
    }

    @Override
    public CompletionStage<Table> read(ShowSource source) {
        return source.view()
                .listeners()
                .thenCompose(listeners -> source.view()
                        .clients()
                        .thenCombine(source.view().servers(), (clients, servers) -> {
                            List<Socket> sockets = new ArrayList<>();
                            listeners.forEach(listener -> sockets.add(Socket.of(listener)));
                            ConnectionRow.sockets(clients, servers).forEach(row -> sockets.add(Socket.of(row)));
                            return SHAPE.table(sockets);
                        }));
    }
}
