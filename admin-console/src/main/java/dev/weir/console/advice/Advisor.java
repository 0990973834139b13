package dev.weir.console.advice;

import dev.weir.config.ConfigFormat;
import dev.weir.config.DatabaseConfig;
import dev.weir.config.WeirConfig;
import dev.weir.config.setting.AdviceSettings;
import dev.weir.console.history.PoolName;
import dev.weir.console.port.DatabaseSnapshot;
import dev.weir.console.port.PoolSnapshot;
import dev.weir.console.port.PoolerView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Says what size each pool should have, what that comes to at each server, and which timeouts do not go together.
/// Thread-safe.
public final class Advisor {

    private final PoolerView view;
    private final Supplier<WeirConfig> config;
    private final DemandHistory demand;

    /// An advisor.
    ///
    /// @param demand what the pools were asked
    public Advisor(PoolerView view, Supplier<WeirConfig> config, DemandHistory demand) {
        this.view = view;
        this.config = config;
        this.demand = demand;
    }

    /// What there is to say now: of pools, then of servers, then of timeouts.
    public CompletionStage<List<AdviceRow>> advise() {
        return view.pools().thenCombine(view.databases(), this::advise);
    }

    private List<AdviceRow> advise(List<PoolSnapshot> pools, List<DatabaseSnapshot> databases) {
        WeirConfig now = config.get();
        Duration target = now.get(AdviceSettings.ADVICE_TARGET_WAIT);
        Map<String, DatabaseSnapshot> byName =
                databases.stream().collect(Collectors.toMap(DatabaseSnapshot::name, Function.identity(), (a, _) -> a));
        Map<String, ServerNeed> servers = new TreeMap<>();
        List<AdviceRow> rows = new ArrayList<>();
        for (PoolSnapshot pool : sorted(pools)) {
            Sizing sizing =
                    Sizing.of(pool.poolSize(), demand.busiest(new PoolName(pool.database(), pool.user())), target);
            rows.add(row(now, pool, sizing));
            DatabaseSnapshot database = byName.get(pool.database());
            if (database != null) {
                ServerNeed need = ServerNeed.of(database, sizing, ServerShare.reserve(now, pool));
                servers.merge(ServerShare.key(database), need, ServerNeed::plus);
            }
        }
        servers.values().forEach(need -> rows.add(need.row()));
        rows.addAll(TimeoutAdvice.of(now));
        return rows;
    }

    private static List<PoolSnapshot> sorted(List<PoolSnapshot> pools) {
        return pools.stream()
                .sorted(Comparator.comparing(PoolSnapshot::database).thenComparing(PoolSnapshot::user))
                .toList();
    }

    private static AdviceRow row(WeirConfig config, PoolSnapshot pool, Sizing sizing) {
        return new AdviceRow(
                AdviceRow.Kind.POOL,
                pool.database(),
                pool.user(),
                sizing,
                sizing.explained() + scaled(config, pool),
                sizing.isTooSmall() ? "pool_size = " + sizing.recommended() + place(config, pool) : null);
    }

    private static String scaled(WeirConfig config, PoolSnapshot pool) {
        DatabaseConfig database = config.findDatabase(pool.database());
        int configured = database == null ? pool.poolSize() : config.poolSize(database, pool.user());
        return configured == pool.poolSize() ? "" : "; scaled from " + configured;
    }

    private static String place(WeirConfig config, PoolSnapshot pool) {
        return config.format() == ConfigFormat.INI
                ? " for " + pool.database() + " in [databases]"
                : " in [databases." + pool.database() + "]";
    }

    /// What the pools of one server come to.
    ///
    /// @param server its name
    /// @param now what they may open, with their reserves
    /// @param reserves what of that are reserves
    /// @param recommended what they may open with the sizes that are recommended
    /// @param limit what the server lets in, null if it is not known
    private record ServerNeed(
            String server,
            long now,
            long reserves,
            long recommended,
            @Nullable Integer limit) {

        static ServerNeed of(DatabaseSnapshot database, Sizing sizing, int reserve) {
            return new ServerNeed(
                    ServerShare.name(database),
                    (long) sizing.poolSize() + reserve,
                    reserve,
                    (long) Math.max(sizing.poolSize(), sizing.recommended()) + reserve,
                    database.serverConnectionsLimit());
        }

        ServerNeed plus(ServerNeed other) {
            return new ServerNeed(
                    server,
                    now + other.now,
                    reserves + other.reserves,
                    recommended + other.recommended,
                    limit == null ? other.limit : limit);
        }

        AdviceRow row() {
            String sums = server + ": the pools in use may open " + now + " servers, "
                    + (reserves == 0 ? "" : reserves + " of them in reserve, ")
                    + (recommended == now ? "and need no more" : recommended + " as recommended");
            String finding = sums
                    + (limit == null
                            ? "; how many PostgreSQL lets in is not known (weir doctor asks)"
                            : "; PostgreSQL lets in " + limit);
            String instead = limit == null || recommended <= limit
                    ? null
                    : "max_connections larger by " + (recommended - limit)
                            + ", shorter transactions, or a longer advice_target_wait";
            return new AdviceRow(AdviceRow.Kind.SERVER, "", "", null, finding, instead);
        }
    }
}
