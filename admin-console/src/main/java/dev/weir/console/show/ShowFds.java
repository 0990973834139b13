package dev.weir.console.show;

import dev.weir.console.table.Column;
import dev.weir.console.table.ColumnType;
import dev.weir.console.table.Table;
import dev.weir.console.table.TableShape;
import java.util.List;
import java.util.concurrent.CompletionStage;

/// `SHOW FDS`. PgBouncer hands its sockets to a successor this way; Weir does not, so the columns that only a successor
/// needs are NULL, secrets above all.
final class ShowFds implements Topic {

    private static final String NOT_HANDED_OVER = "always NULL: sockets are not handed over";

    private static final TableShape<ConnectionRow> SHAPE = TableShape.<ConnectionRow>empty()
            .unknown("fd", ColumnType.INT4, NOT_HANDED_OVER)
            .text("task", "client or server", row -> row.type().equals("C") ? "client" : "server")
            .text("user", "login user", row -> row.connection().user())
            .text(
                    "database",
                    "database as clients name it",
                    row -> row.connection().database())
            .text(
                    "addr",
                    "address of the other end; unix for a Unix socket",
                    row -> row.connection().peer().address())
            .int4(
                    "port",
                    "port of the other end",
                    row -> row.connection().peer().port())
            .unknown("cancel", ColumnType.INT8, "always NULL: cancel keys are secrets")
            .int4(
                    "link",
                    "id of the connection at the other side; 0 when there is none",
                    row -> row.connection().linkId())
            .unknown("client_encoding", ColumnType.TEXT, NOT_HANDED_OVER)
            .unknown("std_strings", ColumnType.TEXT, NOT_HANDED_OVER)
            .unknown("datestyle", ColumnType.TEXT, NOT_HANDED_OVER)
            .unknown("timezone", ColumnType.TEXT, NOT_HANDED_OVER)
            .unknown("password", ColumnType.TEXT, "always NULL: secrets are not shown")
            .unknown("scram_client_key", ColumnType.BYTEA, "always NULL: secrets are not shown")
            .unknown("scram_server_key", ColumnType.BYTEA, "always NULL: secrets are not shown");

    @Override
    public String name() {
        return "FDS";
    }

    @Override
    public String meaning() {
        return "Connections as PgBouncer lists them for its online restart; descriptors and secrets are left out.";
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
    public CompletionStage<Table> read(ShowSource source) {
        return source.view()
                .clients()
                .thenCombine(
                        source.view().servers(),
                        (clients, servers) -> SHAPE.table(ConnectionRow.sockets(clients, servers)));
    }
}
