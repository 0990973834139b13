package dev.weir.proxy.admin;

import dev.weir.config.DatabaseConfig;
import dev.weir.config.WeirConfig;
import dev.weir.config.setting.PoolSettings;
import dev.weir.console.port.DatabaseSnapshot;
import dev.weir.proxy.pool.PoolRegistry;
import dev.weir.proxy.pool.PooledDatabase;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The rows of `SHOW DATABASES`.
final class DatabaseRows {

    private DatabaseRows() {}

    /// Every configured database, used or not, and every automatic one that has been used.
    static List<DatabaseSnapshot> read(WeirConfig config, PoolRegistry pools) {
        List<DatabaseSnapshot> rows = new ArrayList<>();
        for (DatabaseConfig entry : config.databases().values()) {
            rows.add(row(config, entry, pools.findDatabase(entry.name())));
        }
        for (PooledDatabase pooled : pools.databases()) {
            DatabaseConfig entry = config.findDatabase(pooled.name());
            if (entry != null && entry.automatic()) {
                rows.add(row(config, entry, pooled));
            }
        }
        return rows;
    }

    private static DatabaseSnapshot row(WeirConfig config, DatabaseConfig entry, @Nullable PooledDatabase pooled) {
        return new DatabaseSnapshot(
                entry.name(),
                entry.hosts().isEmpty() ? null : String.join(",", entry.hosts()),
                entry.port(),
                entry.serverDatabase(),
                entry.forcedUser(),
                config.poolSize(entry, null),
                config.minPoolSize(entry),
                config.reservePoolSize(entry, null),
                config.serverLifetime(entry).toSeconds(),
                entry.values().find(PoolSettings.POOL_MODE),
                entry.hosts().size() > 1 ? entry.loadBalanceHosts().text() : null,
                config.maxDbConnections(entry),
                pooled == null ? 0 : pooled.group().servers().used(),
                config.maxDbClientConnections(entry),
                pooled == null ? 0 : pooled.group().clients(),
                pooled != null && pooled.isPaused(),
                pooled != null && pooled.isDisabled(),
                pooled == null ? null : pooled.functions().connectionsLimit());
    }
}
