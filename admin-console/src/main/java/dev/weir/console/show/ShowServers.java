package dev.weir.console.show;

import dev.weir.console.table.Column;
import dev.weir.console.table.Table;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletionStage;

/// `SHOW SERVERS`.
final class ShowServers implements Topic {

    @Override
    public String name() {
        return "SERVERS";
    }

    @Override
    public String meaning() {
        return "Server connections, oldest first.";
    }

    @Override
    public List<Column> columns() {
        return ConnectionRow.STANDARD.columns();
    }

    @Override
    public CompletionStage<Table> read(ShowSource source) {
        return source.view()
                .servers()
                .thenApply(servers -> ConnectionRow.STANDARD.table(servers.stream()
                        .sorted(Comparator.comparingLong(
                                server -> server.connection().id()))
                        .map(ConnectionRow::of)
                        .toList()));
    }
}
