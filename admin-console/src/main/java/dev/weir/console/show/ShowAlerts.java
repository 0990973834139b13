package dev.weir.console.show;

import dev.weir.console.alert.Alert;
import dev.weir.console.table.Column;
import dev.weir.console.table.Table;
import dev.weir.console.table.TableShape;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// `SHOW ALERTS`.
final class ShowAlerts implements Topic {

    private static final TableShape<Alert> SHAPE = TableShape.<Alert>empty()
            .text("state", "pending, active or cleared", a -> a.state().text())
            .text("severity", "warning or critical", a -> a.key().severity().text())
            .text("rule", "what was looked for", a -> a.key().rule())
            .text(
                    "database",
                    "the database that it is about; empty if it is about none",
                    a -> a.key().database())
            .text(
                    "user",
                    "the user of the pool that it is about; empty if it is about none",
                    a -> a.key().user())
            .text("value", "what was measured", a -> number(a.value()))
            .text("threshold", "from where on that is too much", a -> number(a.threshold()))
            .timestamp("since", "since when the threshold was reached", a -> micros(a.since()))
            .timestamp("raised", "when it was raised; NULL while it is pending", a -> micros(a.raisedAt()))
            .timestamp("cleared", "when it was cleared; NULL until then", a -> micros(a.clearedAt()))
            .text("summary", "what is wrong", Alert::summary);

    @Override
    public String name() {
        return "ALERTS";
    }

    @Override
    public String meaning() {
        return "Alerts that are pending or active, and those cleared within the last hour; the most urgent first."
                + " PgBouncer has no such table.";
    }

    @Override
    public List<Column> columns() {
        return SHAPE.columns();
    }

    @Override
    public CompletionStage<Table> read(ShowSource source) {
        return CompletableFuture.completedStage(SHAPE.table(source.alerts().alerts()));
    }

    private static String number(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : String.format(Locale.ROOT, "%.3f", value);
    }

    private static long micros(@Nullable Instant instant) {
        return instant == null ? 0 : instant.toEpochMilli() * 1000;
    }
}
