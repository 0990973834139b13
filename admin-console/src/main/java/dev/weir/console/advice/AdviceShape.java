package dev.weir.console.advice;

import dev.weir.console.json.JsonShape;
import java.util.List;
import java.util.Locale;

/// How advice looks in JSON.
public final class AdviceShape {

    private static final double NO_NUMBER = 0;

    /// The shape.
    public static final JsonShape<AdviceRow> SHAPE = JsonShape.<AdviceRow>of("Advice")
            .choice("kind", "what it is about", List.of("pool", "server", "timeouts"), AdviceShape::kind)
            .text("database", "the database that it is about; empty if it is about none", AdviceRow::database)
            .text("user", "the user that it is about; empty if it is about none", AdviceRow::user)
            .optionalInteger(
                    "pool_size",
                    "servers that the pool may have, 0 for no limit; null if it is about no pool",
                    a -> a.sizing() == null ? null : (long) a.sizing().poolSize())
            .number(
                    "checkouts_per_second",
                    "how often a client got a server, in the busiest of the last 15 minutes",
                    a -> a.sizing() == null ? NO_NUMBER : a.sizing().demand().ratePerSecond())
            .number(
                    "service_seconds",
                    "how long it kept it on average",
                    a -> a.sizing() == null ? NO_NUMBER : a.sizing().demand().serviceSeconds())
            .number(
                    "offered_load",
                    "how many servers were busy on average: the product of the two",
                    a -> a.sizing() == null ? NO_NUMBER : a.sizing().demand().load())
            .number(
                    "clients_waiting",
                    "how many clients stood in line on average",
                    a -> a.sizing() == null ? NO_NUMBER : a.sizing().demand().waiting())
            .optionalInteger(
                    "utilization_percent",
                    "share of the pool that was busy; null without a limit",
                    a -> a.sizing() == null ? null : a.sizing().utilizationPercent())
            .seconds(
                    "wait_p95_seconds",
                    "95 of 100 checkouts waited no longer",
                    a -> a.sizing() == null ? 0 : a.sizing().demand().waitP95Nanos())
            .optionalInteger(
                    "recommended_size",
                    "the fewest servers for the wait that is wished; 0 if nobody came",
                    a -> a.sizing() == null ? null : (long) a.sizing().recommended())
            .number(
                    "expected_wait_p95_seconds",
                    "95 of 100 checkouts are expected to wait no longer with so many",
                    a -> a.sizing() == null ? NO_NUMBER : a.sizing().expectedP95Seconds())
            .text("finding", "what is so", AdviceRow::finding)
            .optionalText("instead", "what to write instead; null where all is well", AdviceRow::instead);

    private AdviceShape() {}

    private static String kind(AdviceRow row) {
        return row.kind().name().toLowerCase(Locale.ROOT);
    }
}
