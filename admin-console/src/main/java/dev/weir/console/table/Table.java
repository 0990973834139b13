package dev.weir.console.table;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// An immutable answer: columns, and rows of values in PostgreSQL's text format with `null` for NULL.
///
/// @param columns the columns
/// @param rows the rows, each as long as there are columns
public record Table(List<Column> columns, List<List<@Nullable String>> rows) {

    /// Copies both lists.
    public Table {
        columns = List.copyOf(columns);
        List<List<@Nullable String>> copies = new ArrayList<>(rows.size());
        for (List<@Nullable String> row : rows) {
            if (row.size() != columns.size()) {
                throw new IllegalArgumentException(row.size() + " values do not fit " + columns.size() + " columns");
            }
            copies.add(Collections.unmodifiableList(new ArrayList<>(row)));
        }
        rows = Collections.unmodifiableList(copies);
    }
}
