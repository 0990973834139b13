package dev.weir.proxy.app;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.weir.config.DatabaseConfig;
import dev.weir.config.WeirConfig;
import dev.weir.config.setting.PoolSettings;
import java.lang.management.ManagementFactory;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/// How many file descriptors the pooler will need when all its limits are reached, beside how many the kernel grants.
/// Immutable.
///
/// @param limit what the kernel grants
/// @param clients `max_client_conn`
/// @param expected clients, all servers that the pools may hold, and what the process needs for itself
public record DescriptorNeed(Posix.DescriptorLimit limit, int clients, long expected) {

    /// Listeners, their lock files, the log, name look-ups, console and metrics.
    private static final int AROUND = 32;

    /// What a configuration will need.
    ///
    /// @param open how many descriptors are open already: libraries, jars, event loops
    static DescriptorNeed of(WeirConfig config, Posix.DescriptorLimit limit, long open) {
        int clients = config.get(PoolSettings.MAX_CLIENT_CONN);
        return new DescriptorNeed(limit, clients, clients + servers(config) + open + AROUND);
    }

    /// What a configuration will need if it runs as this process does; null where the machine does not tell.
    public static @Nullable DescriptorNeed now(WeirConfig config) {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
                ? of(config, Posix.descriptorLimit(), system.getOpenFileDescriptorCount())
                : null;
    }

    private static long servers(WeirConfig config) {
        Set<String> users = new HashSet<>(config.userList().secrets().keySet());
        users.addAll(config.users().keySet());
        long servers = 0;
        for (DatabaseConfig database : config.databases().values()) {
            servers += servers(config, database, users);
        }
        DatabaseConfig wildcard = config.wildcard();
        return wildcard == null ? servers : servers + servers(config, wildcard, users);
    }

    /// The servers of one database; a pool without a limit of its own cannot hold more servers than there are clients.
    private static long servers(WeirConfig config, DatabaseConfig database, Set<String> users) {
        String forced = database.forcedUser();
        Set<String> pools = forced == null ? users : Set.of(forced);
        long clients = config.get(PoolSettings.MAX_CLIENT_CONN);
        long servers = 0;
        for (String user : pools) {
            int size = config.poolSize(database, user);
            servers += size == 0 ? clients : Math.min(clients, size + (long) config.reservePoolSize(database, user));
        }
        int most = config.maxDbConnections(database);
        return most == 0 ? servers : Math.min(most, servers);
    }

    /// Says both, and warns when the kernel grants too little.
    void report(Logger log) {
        log.info(
                "kernel file descriptor limit: {} (hard: {}); max_client_conn: {}, max expected fd use: {}",
                text(limit.soft()),
                text(limit.hard()),
                clients,
                expected);
        if (!isEnough()) {
            log.warn(
                    "the file descriptor limit of {} may not be enough: up to {} are expected to be used; raise it"
                        + " (LimitNOFILE= of a systemd unit, ulimit -n of a shell, --ulimit of a container) or lower"
                        + " max_client_conn or the pool sizes",
                    text(limit.soft()),
                    expected);
        }
    }

    /// Both in words.
    public String described() {
        return "up to " + expected + " descriptors are expected to be used, and the limit is " + text(limit.soft());
    }

    /// Whether the limit lets so many be opened.
    public boolean isEnough() {
        return limit.soft() == Posix.DescriptorLimit.UNLIMITED || expected <= limit.soft();
    }

    private static String text(long number) {
        return number == Posix.DescriptorLimit.UNLIMITED ? "unlimited" : String.valueOf(number);
    }
}
