package dev.weir.console.show;

import dev.weir.console.port.PoolSnapshot;
import dev.weir.console.table.Column;
import dev.weir.console.table.Table;
import dev.weir.console.table.TableShape;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletionStage;

/// `SHOW POOLS`.
final class ShowPools implements Topic {

    private static final TableShape<PoolSnapshot> SHAPE = TableShape.<PoolSnapshot>empty()
            .text("database", "database as clients name it", PoolSnapshot::database)
            .text("user", "user that logs in to the servers", PoolSnapshot::user)
            .int4("cl_active", "clients logged in and not in line, idle ones included", PoolSnapshot::clientsActive)
            .int4("cl_waiting", "clients in line for a server", PoolSnapshot::clientsWaiting)
            .int4(
                    "cl_active_cancel_req",
                    "cancel requests that a server connection carries",
                    PoolSnapshot::clientsActiveCancel)
            .int4(
                    "cl_waiting_cancel_req",
                    "cancel requests that wait to be carried",
                    PoolSnapshot::clientsWaitingCancel)
            .int4("sv_active", "servers linked to a client", PoolSnapshot::serversActive)
            .int4("sv_active_cancel", "servers that carry a cancel request", PoolSnapshot::serversActiveCancel)
            .int4(
                    "sv_being_canceled",
                    "servers held back until a cancel request for them has finished",
                    PoolSnapshot::serversBeingCanceled)
            .int4("sv_idle", "servers ready for a client", PoolSnapshot::serversIdle)
            .int4("sv_used", "idle servers that need a check before they serve again", PoolSnapshot::serversUsed)
            .int4("sv_tested", "servers that run a reset or a check query", PoolSnapshot::serversTested)
            .int4("sv_login", "servers that connect or log in", PoolSnapshot::serversLogin)
            .int4("maxwait", "seconds the first client in line has waited", p -> Rows.seconds(p.maxWaitNanos()))
            .int4("maxwait_us", "microseconds beyond those seconds", p -> Rows.microsOfSecond(p.maxWaitNanos()))
            .text("pool_mode", "when servers go back", p -> Rows.mode(p.poolMode()))
            .text(
                    "load_balance_hosts",
                    "how hosts are chosen; NULL unless there are several",
                    PoolSnapshot::loadBalanceHosts);

    @Override
    public String name() {
        return "POOLS";
    }

    @Override
    public String meaning() {
        return "Pools with what their clients and servers do, by database, then user.";
    }

    @Override
    public List<Column> columns() {
        return SHAPE.columns();
    }

    @Override
    public CompletionStage<Table> read(ShowSource source) {
        return source.view()
                .pools()
                .thenCombine(
                        source.view().state(),
                        (pools, state) -> SHAPE.table(Rows.sorted(
                                Rows.with(pools, AdminDatabase.pool(state)),
                                Comparator.comparing(PoolSnapshot::database).thenComparing(PoolSnapshot::user))));
    }
}
