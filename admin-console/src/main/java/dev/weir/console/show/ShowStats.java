package dev.weir.console.show;

import dev.weir.console.table.Column;
import dev.weir.console.table.Table;
import dev.weir.console.table.TableShape;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/// `SHOW STATS` with totals and recent averages of each database, and `SHOW STATS_TOTALS` and `SHOW STATS_AVERAGES`
/// with one of both under shorter names.
final class ShowStats implements Topic {

    private static final TableShape<StatsRow> DATABASE =
            TableShape.<StatsRow>empty().text("database", "database as clients name it", StatsRow::database);

    private final String name;
    private final String meaning;
    private final TableShape<StatsRow> shape;

    private ShowStats(String name, String meaning, TableShape<StatsRow> shape) {
        this.name = name;
        this.meaning = meaning;
        this.shape = shape;
    }

    static ShowStats both() {
        return new ShowStats(
                "STATS",
                "Totals and recent averages of each database.",
                withAverages(withTotals(DATABASE, Counter::totalColumn), Counter::averageColumn));
    }

    static ShowStats totals() {
        return new ShowStats("STATS_TOTALS", "Totals of each database.", withTotals(DATABASE, Counter::plainColumn));
    }

    static ShowStats averages() {
        return new ShowStats(
                "STATS_AVERAGES",
                "Recent averages of each database: over the last full stats_period and what has passed of the running"
                        + " one.",
                withAverages(DATABASE, Counter::plainAverageColumn));
    }

    private static TableShape<StatsRow> withTotals(TableShape<StatsRow> shape, Function<Counter, String> column) {
        TableShape<StatsRow> wider = shape;
        for (Counter counter : Counter.ALL) {
            wider = wider.numeric(
                    column.apply(counter),
                    counter.meaning(),
                    row -> counter.value().applyAsLong(row.total()));
        }
        return wider;
    }

    private static TableShape<StatsRow> withAverages(TableShape<StatsRow> shape, Function<Counter, String> column) {
        TableShape<StatsRow> wider = shape;
        for (Counter counter : Counter.ALL) {
            wider = wider.numeric(
                    column.apply(counter),
                    counter.averageMeaning(),
                    row -> counter.value().applyAsLong(row.average()));
        }
        return wider;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String meaning() {
        return meaning;
    }

    @Override
    public List<Column> columns() {
        return shape.columns();
    }

    @Override
    public CompletionStage<Table> read(ShowSource source) {
        return StatsRow.read(source).thenApply(shape::table);
    }
}
