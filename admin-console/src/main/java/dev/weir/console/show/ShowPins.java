package dev.weir.console.show;

import dev.weir.console.port.PinSnapshot;
import dev.weir.console.table.Column;
import dev.weir.console.table.Table;
import dev.weir.console.table.TableShape;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletionStage;

/// `SHOW PINS`.
final class ShowPins implements Topic {

    private static final TableShape<PinSnapshot> SHAPE = TableShape.<PinSnapshot>empty()
            .text("database", "database as the client names it", PinSnapshot::database)
            .text("user", "login user", PinSnapshot::user)
            .int4("client_id", "number of the client's connection; what KILL_CLIENT takes", PinSnapshot::clientId)
            .text(
                    "addr",
                    "address of the client; unix for a Unix socket",
                    p -> p.client().address())
            .int4("port", "port of the client", p -> p.client().port())
            .text(
                    "application_name",
                    "application_name when the client was last looked at",
                    PinSnapshot::applicationName)
            .int4("server_pid", "process id of the server that it keeps", PinSnapshot::serverPid)
            .text("reason", "kind of session state that no other server has", PinSnapshot::reason)
            .text("detail", "names of tables and cursors, number of locks", PinSnapshot::detail)
            .timestamp("since", "when it began", PinSnapshot::sinceEpochMicros)
            .int4("seconds", "how long ago that is", p -> Rows.seconds(p.ageNanos()));

    @Override
    public String name() {
        return "PINS";
    }

    @Override
    public String meaning() {
        return "Clients that keep their server between transactions, and why; a row per reason, the oldest first."
                + " PgBouncer has no such table.";
    }

    @Override
    public List<Column> columns() {
        return SHAPE.columns();
    }

    @Override
    public CompletionStage<Table> read(ShowSource source) {
        return source.view()
                .pins()
                .thenApply(pins -> SHAPE.table(Rows.sorted(
                        pins,
                        Comparator.comparingLong(PinSnapshot::sinceEpochMicros)
                                .thenComparingLong(PinSnapshot::clientId)
                                .thenComparing(PinSnapshot::reason)
                                .thenComparing(PinSnapshot::detail))));
    }
}
