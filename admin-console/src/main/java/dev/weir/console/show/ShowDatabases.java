package dev.weir.console.show;

import dev.weir.console.port.DatabaseSnapshot;
import dev.weir.console.table.Column;
import dev.weir.console.table.Table;
import dev.weir.console.table.TableShape;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletionStage;

/// `SHOW DATABASES`.
final class ShowDatabases implements Topic {

    private static final TableShape<DatabaseSnapshot> SHAPE = TableShape.<DatabaseSnapshot>empty()
            .text("name", "name that clients use", DatabaseSnapshot::name)
            .text("host", "host or hosts; NULL for the Unix socket", DatabaseSnapshot::host)
            .int4("port", "port of the servers", DatabaseSnapshot::port)
            .text("database", "name at the server", DatabaseSnapshot::database)
            .text(
                    "force_user",
                    "user that logs in for everybody; NULL when clients do as themselves",
                    DatabaseSnapshot::forceUser)
            .int4("pool_size", "servers per pool; 0 = no limit", DatabaseSnapshot::poolSize)
            .int4("min_pool_size", "servers kept even when idle", DatabaseSnapshot::minPoolSize)
            .int4("reserve_pool_size", "additional servers under pressure", DatabaseSnapshot::reservePoolSize)
            .int4(
                    "server_lifetime",
                    "age in seconds at which servers are closed",
                    DatabaseSnapshot::serverLifetimeSeconds)
            .text(
                    "pool_mode",
                    "mode set for this database; NULL when the global one counts",
                    d -> Rows.mode(d.poolMode()))
            .text(
                    "load_balance_hosts",
                    "how hosts are chosen; NULL unless there are several",
                    DatabaseSnapshot::loadBalanceHosts)
            .int4("max_connections", "limit of server connections; 0 = none", DatabaseSnapshot::maxConnections)
            .int4("current_connections", "server connections now", DatabaseSnapshot::currentConnections)
            .int4(
                    "max_client_connections",
                    "limit of client connections; 0 = none",
                    DatabaseSnapshot::maxClientConnections)
            .int4("current_client_connections", "client connections now", DatabaseSnapshot::currentClientConnections)
            .flag("paused", "1 when paused", DatabaseSnapshot::paused)
            .flag("disabled", "1 when new logins are refused", DatabaseSnapshot::disabled);

    @Override
    public String name() {
        return "DATABASES";
    }

    @Override
    public String meaning() {
        return "Databases that clients can ask for, the virtual one of the console among them, sorted by name.";
    }

    @Override
    public List<Column> columns() {
        return SHAPE.columns();
    }

    @Override
    public CompletionStage<Table> read(ShowSource source) {
        CompletionStage<DatabaseSnapshot> admin = source.view()
                .state()
                .thenCombine(
                        source.view().settings(),
                        (state, settings) ->
                                AdminDatabase.database(source.view().identity(), state, settings));
        return source.view()
                .databases()
                .thenCombine(
                        admin,
                        (databases, own) -> SHAPE.table(
                                Rows.sorted(Rows.with(databases, own), Comparator.comparing(DatabaseSnapshot::name))));
    }
}
