package dev.weir.console.show;

import dev.weir.console.port.StatsSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.concurrent.CompletionStage;

/// One database's totals and recent averages.
record StatsRow(String database, DatabaseTotals total, DatabaseTotals average) {

    /// A row per database that has counted anything, and one for the console's own, sorted by name.
    static CompletionStage<List<StatsRow>> read(ShowSource source) {
        return source.view().stats().thenApply(pools -> rows(source, pools));
    }

    private static List<StatsRow> rows(ShowSource source, List<StatsSnapshot> pools) {
        SortedMap<String, DatabaseTotals> totals = DatabaseTotals.byDatabase(pools);
        totals.put(AdminDatabase.NAME, source.own().totals());
        SortedMap<String, DatabaseTotals> averages = source.averages().averages(totals);
        List<StatsRow> rows = new ArrayList<>(totals.size());
        totals.forEach((database, total) ->
                rows.add(new StatsRow(database, total, averages.getOrDefault(database, DatabaseTotals.ZERO))));
        return rows;
    }
}
