package dev.weir.proxy.admin;

import dev.weir.config.DatabaseConfig;
import dev.weir.config.PoolMode;
import dev.weir.config.UserConfig;
import dev.weir.config.WeirConfig;
import dev.weir.config.setting.PoolSettings;
import dev.weir.config.setting.Setting;
import dev.weir.console.port.UserSnapshot;
import dev.weir.proxy.pool.PoolGroup;
import dev.weir.proxy.pool.PoolRegistry;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The rows of `SHOW USERS`.
final class UserRows {

    private UserRows() {}

    /// Users with a secret, with settings, forced by a database, or seen at a login.
    static List<UserSnapshot> read(WeirConfig config, PoolRegistry pools) {
        Map<String, PoolGroup> seen = new HashMap<>();
        for (PoolGroup user : pools.users()) {
            // Anybody can knock under any name; who was not let in has left neither.
            if (!user.isEmpty()) {
                seen.put(user.name(), user);
            }
        }
        Set<String> names = new TreeSet<>(seen.keySet());
        names.addAll(config.userList().secrets().keySet());
        names.addAll(config.users().keySet());
        for (DatabaseConfig entry : config.databases().values()) {
            addForced(entry, names);
        }
        if (config.wildcard() != null) {
            addForced(config.wildcard(), names);
        }
        return names.stream().map(name -> row(config, name, seen.get(name))).toList();
    }

    private static void addForced(DatabaseConfig entry, Set<String> names) {
        String forced = entry.forcedUser();
        if (forced != null) {
            names.add(forced);
        }
    }

    private static UserSnapshot row(WeirConfig config, String name, @Nullable PoolGroup seen) {
        UserConfig entry = config.findUser(name);
        return new UserSnapshot(
                name,
                own(entry, PoolSettings.POOL_SIZE),
                own(entry, PoolSettings.RESERVE_POOL_SIZE),
                UserRows.<PoolMode>own(entry, PoolSettings.POOL_MODE),
                config.maxUserConnections(name),
                seen == null ? 0 : seen.servers().used(),
                config.maxUserClientConnections(name),
                seen == null ? 0 : seen.clients());
    }

    private static <T> @Nullable T own(@Nullable UserConfig entry, Setting<T> setting) {
        return entry == null ? null : entry.values().find(setting);
    }
}
