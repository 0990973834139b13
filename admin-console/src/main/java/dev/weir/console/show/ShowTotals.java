package dev.weir.console.show;

import dev.weir.console.table.Column;
import dev.weir.console.table.Table;
import dev.weir.console.table.TableShape;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;

/// `SHOW TOTALS`: all databases together, a row per counter.
final class ShowTotals implements Topic {

    private static final TableShape<Total> SHAPE = TableShape.<Total>empty()
            .text("name", "name of the counter", Total::name)
            .numeric("value", "its value over all databases", Total::value);

    @Override
    public String name() {
        return "TOTALS";
    }

    @Override
    public String meaning() {
        return "The counters of STATS over all databases together, a row for each.";
    }

    @Override
    public List<Column> columns() {
        return SHAPE.columns();
    }

    @Override
    public CompletionStage<Table> read(ShowSource source) {
        return StatsRow.read(source).thenApply(rows -> SHAPE.table(totals(rows)));
    }

    private static List<Total> totals(List<StatsRow> rows) {
        DatabaseTotals total = rows.stream().map(StatsRow::total).reduce(DatabaseTotals.ZERO, DatabaseTotals::plus);
        DatabaseTotals average = rows.stream().map(StatsRow::average).reduce(DatabaseTotals.ZERO, DatabaseTotals::plus);
        List<Total> totals = new ArrayList<>();
        for (Counter counter : Counter.ALL) {
            totals.add(new Total("total_" + counter.rowName(), counter.value().applyAsLong(total)));
        }
        for (Counter counter : Counter.ALL) {
            totals.add(new Total("avg_" + counter.rowName(), counter.value().applyAsLong(average)));
        }
        return totals;
    }

    private record Total(String name, long value) {}
}
