package dev.weir.config.check;

import dev.weir.config.AuthType;
import dev.weir.config.DatabaseConfig;
import dev.weir.config.Origin;
import dev.weir.config.Secret;
import dev.weir.config.WeirConfig;
import dev.weir.config.setting.AuthSettings;
import dev.weir.config.setting.GeneralSettings;
import dev.weir.config.setting.PeerSettings;
import dev.weir.config.setting.PoolSettings;
import dev.weir.config.setting.Setting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Finds settings that are right one by one and wrong together.
final class CrossChecks {
    private final WeirConfig config;
    private final CheckedValues global;
    private final Problems problems;

    private CrossChecks(WeirConfig config, CheckedValues global, Problems problems) {
        this.config = config;
        this.global = global;
        this.problems = problems;
    }

    static void check(WeirConfig config, CheckedValues global, Problems problems) {
        CrossChecks checks = new CrossChecks(config, global, problems);
        ListenerChecks.check(config, global, problems);
        AuthChecks.check(config, global, problems);
        WebhookChecks.check(config, global, problems);
        TraceChecks.check(config, global, problems);
        checks.poolSizes(null);
        checks.databases().forEach(checks::database);
        checks.peers();
        checks.drain();
        if (checks.databases().isEmpty()) {
            problems.add(
                    Problem.warning(checks.wholeFile(), null, "there is no database: only the console can be used"));
        }
    }

    private List<DatabaseConfig> databases() {
        List<DatabaseConfig> all = new ArrayList<>(config.databases().values());
        if (config.wildcard() != null) {
            all.add(config.wildcard());
        }
        return all;
    }

    private void peers() {
        if (config.get(PeerSettings.PEER_ID) == 0) {
            config.peers().values().stream()
                    .findFirst()
                    .ifPresent(peer -> problems.add(
                            Problem.warning(peer.origin(), "peers", "[peers] has no effect: peer_id is not set")));
        }
    }

    private void drain() {
        Duration timeout = config.get(GeneralSettings.SHUTDOWN_DRAIN_TIMEOUT);
        Duration delay = config.get(GeneralSettings.SHUTDOWN_ACCEPT_DELAY);
        if (!timeout.isZero() && delay.compareTo(timeout.dividedBy(2)) > 0) {
            problems.add(Problem.warning(
                    origin(GeneralSettings.SHUTDOWN_ACCEPT_DELAY),
                    GeneralSettings.SHUTDOWN_ACCEPT_DELAY.name(),
                    "is cut to half of shutdown_drain_timeout: clients need the rest of the time to leave"));
        }
    }

    private void database(DatabaseConfig database) {
        Secret password = database.password();
        String key = "databases." + database.name();
        if (password != null && database.forcedUser() == null) {
            problems.add(Problem.warning(
                    database.origin(), key, "password without user has no effect: clients log in as themselves"));
        }
        if (config.get(AuthSettings.AUTH_TYPE) == AuthType.ANY && database.forcedUser() == null) {
            problems.add(Problem.warning(
                    database.origin(), key, "auth_type any needs user here: nobody can use this database"));
        }
        poolSizes(database);
    }

    private void poolSizes(@Nullable DatabaseConfig database) {
        int size = config.effective(PoolSettings.POOL_SIZE, database, null);
        int min = config.effective(PoolSettings.MIN_POOL_SIZE, database, null);
        int max = config.effective(PoolSettings.MAX_DB_CONNECTIONS, database, null);
        boolean own = database != null
                && (database.values().has(PoolSettings.POOL_SIZE)
                        || database.values().has(PoolSettings.MIN_POOL_SIZE)
                        || database.values().has(PoolSettings.MAX_DB_CONNECTIONS)
                        || database.values().has(PoolSettings.RESERVE_POOL_SIZE));
        if (database != null && !own) {
            return;
        }
        Origin origin = database == null ? origin(PoolSettings.DEFAULT_POOL_SIZE) : database.origin();
        String key = database == null ? PoolSettings.DEFAULT_POOL_SIZE.name() : "databases." + database.name();
        if (size != 0 && min > size) {
            problems.add(
                    Problem.warning(origin, key, "min_pool_size " + min + " is larger than the pool size of " + size));
        }
        int reserve = config.effective(PoolSettings.RESERVE_POOL_SIZE, database, null);
        if (reserve != 0 && config.get(PoolSettings.RESERVE_POOL_TIMEOUT).isZero()) {
            problems.add(Problem.warning(
                    origin, key, "reserve_pool_size " + reserve + " is never used: reserve_pool_timeout is 0"));
        }
        if (max != 0 && size > max) {
            problems.add(Problem.warning(
                    origin, key, "the pool size of " + size + " is larger than max_db_connections " + max));
        }
    }

    private Origin origin(Setting<?> setting) {
        return global.originOf(setting, wholeFile());
    }

    private Origin wholeFile() {
        return Origin.wholeFile(config.file().toString());
    }
}
