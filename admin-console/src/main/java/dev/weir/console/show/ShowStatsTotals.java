package dev.weir.console.show;

import dev.weir.console.table.Column;
import dev.weir.console.table.Table;
import dev.weir.console.table.TableShape;
import java.util.List;
import java.util.concurrent.CompletionStage;

/// `SHOW STATS_TOTALS`.
final class ShowStatsTotals implements Topic {

    private static final TableShape<StatsRow> SHAPE = shape();

    @Override
    public String name() {
        return "STATS_TOTALS";
    }

    @Override
    public String meaning() {
        return "Totals of each database.";
    }

    @Override
    public List<Column> columns() {
        return SHAPE.columns();
    }

    @Override
    public CompletionStage<Table> read(ShowSource source) {
        return StatsRow.read(source).thenApply(SHAPE::table);
    }

    private static TableShape<StatsRow> shape() {
        TableShape<StatsRow> shape =
                TableShape.<StatsRow>empty().text("database", "database as clients name it", StatsRow::database);
        for (Counter counter : Counter.ALL) {
            shape = shape.numeric(
                    counter.plainColumn(),
                    counter.meaning(),
                    row -> counter.value().applyAsLong(row.total()));
        }
        return shape;
    }
}
