package dev.weir.console.api;

import dev.weir.console.history.History;
import dev.weir.console.history.Point;
import dev.weir.console.history.PoolName;
import dev.weir.console.json.Json;
import dev.weir.console.json.JsonShape;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/// `/api/history`. Thread-safe.
///
/// @param history the last minutes
record HistoryResource(History history) implements Resource {

    private static final Parameter AFTER =
            new Parameter("after", "only steps that ended later than this time (ISO 8601)", "string");
    private static final MathContext DIGITS = new MathContext(4);

    private record Part(Instant time, @Nullable PoolName pool, List<History.TimedPoint> points) {}

    private static final JsonShape<History.TimedPoint> STEP = JsonShape.<History.TimedPoint>of("HistoryStep")
            .time("time", "when the step ended", History.TimedPoint::time)
            .number("transactions_per_second", "transactions begun", of(Point::transactionsPerSecond))
            .number("queries_per_second", "queries begun", of(Point::queriesPerSecond))
            .number("wait_p50_seconds", "half of all checkouts waited no longer", of(Point::waitP50Seconds))
            .number("wait_p95_seconds", "95 of 100 checkouts waited no longer", of(Point::waitP95Seconds))
            .number("wait_p99_seconds", "99 of 100 checkouts waited no longer", of(Point::waitP99Seconds))
            .number("query_p50_seconds", "half of all queries took no longer", of(Point::queryP50Seconds))
            .number("query_p95_seconds", "95 of 100 queries took no longer", of(Point::queryP95Seconds))
            .number("query_p99_seconds", "99 of 100 queries took no longer", of(Point::queryP99Seconds))
            .integer(
                    "servers_busy",
                    "servers that served at its end",
                    p -> p.point().serversBusy())
            .integer("servers_connected", "servers at its end", p -> p.point().serversConnected())
            .integer(
                    "servers_pinned",
                    "servers that clients kept between transactions at its end",
                    p -> p.point().serversPinned())
            .integer(
                    "clients_waiting",
                    "clients in line at its end",
                    p -> p.point().clientsWaiting())
            .integer(
                    "connect_failures",
                    "attempts to connect to a server that failed",
                    p -> p.point().connectFailures());

    private static final JsonShape<Part> SHAPE = JsonShape.<Part>of("History")
            .time("time", "when this was asked for", Part::time)
            .optionalText(
                    "database",
                    "the pool's; null for all pools together",
                    p -> p.pool() == null ? null : p.pool().database())
            .optionalText(
                    "user",
                    "the pool's; null for all pools together",
                    p -> p.pool() == null ? null : p.pool().user())
            .integer("step_seconds", "how long a step is", _ -> History.STEP.toSeconds())
            .list("steps", "the oldest first, a quarter of an hour at most", STEP, Part::points);

    @Override
    public String path() {
        return "/api/history";
    }

    @Override
    public String summary() {
        return "The last quarter of an hour, of one pool or of all together.";
    }

    @Override
    public List<Parameter> parameters() {
        return List.of(
                new Parameter("database", "of this pool; user is to be given as well", "string"),
                new Parameter("user", "of this pool; database is to be given as well", "string"),
                AFTER);
    }

    @Override
    public JsonShape<?> shape() {
        return SHAPE;
    }

    @Override
    public byte[] answer(Query query) {
        String database = query.find(Parameter.DATABASE.name());
        String user = query.find(Parameter.USER.name());
        if ((database == null) != (user == null)) {
            throw new BadParameter("a pool has a database and a user");
        }
        PoolName pool = database == null || user == null ? null : new PoolName(database, user);
        Part part = new Part(Instant.now(), pool, history.points(pool, after(query)));
        return Json.bytes(out -> SHAPE.write(out, part));
    }

    private static @Nullable Instant after(Query query) {
        String text = query.find(AFTER.name());
        try {
            return text == null ? null : Instant.parse(text);
        } catch (DateTimeException _) {
            throw new BadParameter("after is to be a time such as 2026-07-10T12:00:00Z");
        }
    }

    /// A figure to four digits: more would be noise, and a long text.
    private static ToDoubleFunction<History.TimedPoint> of(ToDoubleFunction<Point> value) {
        return timed -> BigDecimal.valueOf(value.applyAsDouble(timed.point()))
                .round(DIGITS)
                .doubleValue();
    }
}
