package dev.weir.console.show;

import dev.weir.console.table.Column;
import dev.weir.console.table.Table;
import dev.weir.console.table.TableShape;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/// `SHOW VERSION`. The PgBouncer version comes first because tools take the first `x.y.z` they find for the one whose
/// columns they may expect.
public final class ShowVersion implements Topic {

    /// The PgBouncer release whose console this one stands in for.
    public static final String PGBOUNCER = "1.25.2";

    private static final TableShape<String> SHAPE = TableShape.<String>empty()
            .text("version", "PgBouncer's version that this console matches, and Weir's own", v -> v);

    @Override
    public String name() {
        return "VERSION";
    }

    @Override
    public String meaning() {
        return "What runs.";
    }

    @Override
    public List<Column> columns() {
        return SHAPE.columns();
    }

    @Override
    public CompletionStage<Table> read(ShowSource source) {
        String version =
                "PgBouncer " + PGBOUNCER + " (Weir " + source.view().identity().version() + ")";
        return CompletableFuture.completedStage(SHAPE.table(List.of(version)));
    }
}
