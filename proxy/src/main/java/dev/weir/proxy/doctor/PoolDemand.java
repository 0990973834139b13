package dev.weir.proxy.doctor;

import dev.weir.config.DatabaseConfig;
import dev.weir.config.ServerAddress;
import dev.weir.config.WeirConfig;
import dev.weir.config.setting.PoolSettings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// How many connections the pools may open to one server when all are full. Immutable.
///
/// @param pools those that the configuration tells; users whom only `auth_query` knows have more
/// @param connections what they may open together, with the limits of databases and users regarded
record PoolDemand(List<Pool> pools, long connections) {

    /// One pool.
    ///
    /// @param size servers, the reserve included
    record Pool(String database, String user, long size) {
        @Override
        public String toString() {
            return database + "/" + user + " " + size;
        }
    }

    /// What goes to one server.
    static PoolDemand of(WeirConfig config, ServerAddress server) {
        List<Pool> pools = new ArrayList<>();
        Map<String, Long> byUser = new LinkedHashMap<>();
        long unlimited = 0;
        for (DatabaseConfig database : databases(config)) {
            if (!config.serverAddresses(database).contains(server)) {
                continue;
            }
            List<Pool> own = pools(config, database);
            pools.addAll(own);
            long wanted = own.stream().mapToLong(Pool::size).sum();
            int most = config.maxDbConnections(database);
            double share = most == 0 || wanted <= most ? 1 : (double) most / wanted;
            for (Pool pool : own) {
                byUser.merge(pool.user(), Math.round(Math.ceil(pool.size() * share)), Long::sum);
            }
            unlimited += most == 0 ? wanted : Math.min(most, wanted);
        }
        long perUser = byUser.entrySet().stream()
                .mapToLong(user -> {
                    int most = config.maxUserConnections(user.getKey());
                    return most == 0 ? user.getValue() : Math.min(most, user.getValue());
                })
                .sum();
        return new PoolDemand(List.copyOf(pools), Math.min(unlimited, perUser));
    }

    /// All databases, the `*` entry included.
    static List<DatabaseConfig> databases(WeirConfig config) {
        List<DatabaseConfig> all = new ArrayList<>(config.databases().values());
        DatabaseConfig wildcard = config.wildcard();
        if (wildcard != null) {
            all.add(wildcard);
        }
        return all;
    }

    /// Under which users the servers of a database are logged in to, as far as the configuration tells.
    static Set<String> users(WeirConfig config, DatabaseConfig database) {
        String forced = database.forcedUser();
        if (forced != null) {
            return Set.of(forced);
        }
        Set<String> users = new TreeSet<>(config.userList().secrets().keySet());
        users.addAll(config.users().keySet());
        return users;
    }

    private static List<Pool> pools(WeirConfig config, DatabaseConfig database) {
        long clients = config.get(PoolSettings.MAX_CLIENT_CONN);
        List<Pool> pools = new ArrayList<>();
        for (String user : users(config, database)) {
            int size = config.poolSize(database, user);
            // A pool without a limit of its own has no more servers than there are clients.
            long most = size == 0 ? clients : Math.min(clients, size + (long) config.reservePoolSize(database, user));
            pools.add(new Pool(database.name(), user, most));
        }
        return pools;
    }

    /// How large the pools may be for all of them to fit into so many connections, each shrunk alike but to no less
    /// than one.
    String fitting(long connections) {
        long wanted = Math.max(1, pools.stream().mapToLong(Pool::size).sum());
        return pools.stream()
                        .map(pool ->
                                new Pool(pool.database(), pool.user(), Math.max(1, pool.size() * connections / wanted)))
                        .limit(10)
                        .map(Pool::toString)
                        .collect(Collectors.joining(", "))
                + (pools.size() > 10 ? " …" : "");
    }
}
