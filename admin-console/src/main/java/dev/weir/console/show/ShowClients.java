package dev.weir.console.show;

import dev.weir.console.table.Column;
import dev.weir.console.table.Table;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletionStage;

/// `SHOW CLIENTS`: those logged in, console sessions among them.
final class ShowClients implements Topic {

    @Override
    public String name() {
        return "CLIENTS";
    }

    @Override
    public String meaning() {
        return "Clients that are logged in, console sessions among them, oldest first.";
    }

    @Override
    public List<Column> columns() {
        return ConnectionRow.STANDARD.columns();
    }

    @Override
    public CompletionStage<Table> read(ShowSource source) {
        return source.view()
                .clients()
                .thenApply(clients -> ConnectionRow.STANDARD.table(clients.stream()
                        .filter(ConnectionRow::loggedIn)
                        .sorted(Comparator.comparingLong(
                                client -> client.connection().id()))
                        .map(ConnectionRow::of)
                        .toList()));
    }
}
