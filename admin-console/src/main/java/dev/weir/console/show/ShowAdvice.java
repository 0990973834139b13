package dev.weir.console.show;

import dev.weir.console.advice.AdviceRow;
import dev.weir.console.advice.Sizing;
import dev.weir.console.table.Column;
import dev.weir.console.table.Table;
import dev.weir.console.table.TableShape;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/// `SHOW ADVICE`.
final class ShowAdvice implements Topic {

    private static final double MILLIS_PER_SECOND = 1e3;
    private static final double NANOS_PER_MILLI = 1e6;

    private static final TableShape<AdviceRow> SHAPE = TableShape.<AdviceRow>empty()
            .text("kind", "pool, server or timeouts", a -> a.kind().name().toLowerCase(Locale.ROOT))
            .text("database", "the database that it is about; empty if it is about none", AdviceRow::database)
            .text("user", "the user that it is about; empty if it is about none", AdviceRow::user)
            .nullableInt4(
                    "pool_size", "servers that the pool may have; 0 for no limit", ofPool(sizing -> sizing.poolSize()))
            .text("rate", "checkouts per second", decimal(s -> s.demand().ratePerSecond()))
            .text(
                    "service_ms",
                    "how long a client kept its server, in milliseconds",
                    decimal(s -> s.demand().serviceSeconds() * MILLIS_PER_SECOND))
            .text(
                    "load",
                    "servers that were busy on average: rate times service time",
                    decimal(s -> s.demand().load()))
            .nullableInt4("utilization", "that in percent of the pool; NULL without a limit", ofPool(sizing -> {
                Long percent = sizing.utilizationPercent();
                return percent == null ? null : percent.intValue();
            }))
            .text(
                    "wait_p95_ms",
                    "95 of 100 checkouts waited no longer, in milliseconds",
                    decimal(s -> s.demand().waitP95Nanos() / NANOS_PER_MILLI))
            .nullableInt4(
                    "recommended",
                    "the fewest servers for a p95 wait of advice_target_wait; 0 if nobody came",
                    ofPool(sizing -> sizing.recommended()))
            .text(
                    "expected_p95_ms",
                    "the p95 wait that is expected with so many, in milliseconds",
                    decimal(s -> s.expectedP95Seconds() * MILLIS_PER_SECOND))
            .text("finding", "what is so", AdviceRow::finding)
            .text("instead", "what to write instead; NULL where all is well", AdviceRow::instead);

    private static Function<AdviceRow, @Nullable Integer> ofPool(Function<Sizing, @Nullable Integer> value) {
        return row -> {
            Sizing sizing = row.sizing();
            return sizing == null ? null : value.apply(sizing);
        };
    }

    private static Function<AdviceRow, @Nullable String> decimal(ToDoubleFunction<Sizing> value) {
        return row -> {
            Sizing sizing = row.sizing();
            return sizing == null ? null : String.format(Locale.ROOT, "%.2f", value.applyAsDouble(sizing));
        };
    }

    @Override
    public String name() {
        return "ADVICE";
    }

    @Override
    public String meaning() {
        return "What size each pool needs, by the busiest minute of the last 15, what that comes to at each server, and"
                + " which timeouts do not go together. PgBouncer has no such table.";
    }

    @Override
    public List<Column> columns() {
        return SHAPE.columns();
    }

    @Override
    public CompletionStage<Table> read(ShowSource source) {
        return source.advisor().advise().thenApply(SHAPE::table);
    }
}
