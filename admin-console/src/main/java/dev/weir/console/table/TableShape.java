package dev.weir.console.table;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// How a table follows from a list of things: each column together with the value it takes from one of them.
/// Immutable; the `text`, `int4` … methods return a longer shape.
///
/// @param <T> the thing that one row shows
public final class TableShape<T> {

    private static final DateTimeFormatter TIMESTAMP =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss z", Locale.ROOT).withZone(ZoneId.systemDefault());

    private final List<Cell<T>> cells;

    private TableShape(List<Cell<T>> cells) {
        this.cells = cells;
    }

    /// A shape without columns.
    public static <T> TableShape<T> empty() {
        return new TableShape<>(List.of());
    }

    /// Adds a text column; `null` becomes NULL.
    public TableShape<T> text(String name, String meaning, Function<T, @Nullable String> value) {
        return with(name, ColumnType.TEXT, meaning, value);
    }

    /// Adds a column of 32-bit integers; what does not fit is shown as the nearest that does.
    public TableShape<T> int4(String name, String meaning, ToLongFunction<T> value) {
        return with(name, ColumnType.INT4, meaning, item -> Integer.toString(clamp(value.applyAsLong(item))));
    }

    /// Adds a column of 32-bit integers; `null` becomes NULL.
    public TableShape<T> nullableInt4(String name, String meaning, Function<T, @Nullable Integer> value) {
        return with(name, ColumnType.INT4, meaning, item -> {
            Integer number = value.apply(item);
            return number == null ? null : number.toString();
        });
    }

    /// Adds a column of 32-bit integers that tells yes (1) or no (0).
    public TableShape<T> flag(String name, String meaning, Predicate<T> value) {
        return with(name, ColumnType.INT4, meaning, item -> value.test(item) ? "1" : "0");
    }

    /// Adds a column of 64-bit integers.
    public TableShape<T> int8(String name, String meaning, ToLongFunction<T> value) {
        return with(name, ColumnType.INT8, meaning, item -> Long.toString(value.applyAsLong(item)));
    }

    /// Adds a column of exact numbers.
    public TableShape<T> numeric(String name, String meaning, ToLongFunction<T> value) {
        return with(name, ColumnType.NUMERIC, meaning, item -> Long.toString(value.applyAsLong(item)));
    }

    /// Adds a column of moments, given in microseconds since 1970 and shown in the local zone; 0 becomes NULL.
    public TableShape<T> timestamp(String name, String meaning, ToLongFunction<T> epochMicros) {
        return with(name, ColumnType.TIMESTAMP, meaning, item -> timestamp(epochMicros.applyAsLong(item)));
    }

    /// Adds a column that is NULL in every row, of any type.
    public TableShape<T> unknown(String name, ColumnType type, String meaning) {
        return with(name, type, meaning, _ -> null);
    }

    /// The columns, in order.
    public List<Column> columns() {
        return cells.stream().map(Cell::column).toList();
    }

    /// One row per item, in the order of the items.
    public Table table(Collection<? extends T> items) {
        List<List<@Nullable String>> rows = new ArrayList<>(items.size());
        for (T item : items) {
            rows.add(row(item));
        }
        return new Table(columns(), rows);
    }

    private List<@Nullable String> row(T item) {
        List<@Nullable String> row = new ArrayList<>(cells.size());
        for (Cell<T> cell : cells) {
            row.add(cell.value.apply(item));
        }
        return row;
    }

    private TableShape<T> with(String name, ColumnType type, String meaning, Function<T, @Nullable String> value) {
        List<Cell<T>> longer = new ArrayList<>(cells);
        longer.add(new Cell<>(new Column(name, type, meaning), value));
        return new TableShape<>(List.copyOf(longer));
    }

    private static int clamp(long value) {
        return Math.clamp(value, Integer.MIN_VALUE, Integer.MAX_VALUE);
    }

    private static @Nullable String timestamp(long epochMicros) {
        return epochMicros == 0 ? null : TIMESTAMP.format(Instant.ofEpochMilli(epochMicros / 1000));
    }

    private record Cell<T>(Column column, Function<T, @Nullable String> value) {}
}
