package dev.weir.console.advice;

import dev.weir.config.DatabaseConfig;
import dev.weir.config.WeirConfig;
import dev.weir.console.port.DatabaseSnapshot;
import dev.weir.console.port.PoolSnapshot;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Which server a database is on, and what a pool may take of it. Pure functions.
final class ServerShare {

    private ServerShare() {}

    /// What is the same for two databases on one server, as far as their hosts tell without a look-up: this machine has
    /// several names, and a socket.
    static String key(DatabaseSnapshot database) {
        String host = database.host();
        return (isThisMachine(host) ? "localhost" : String.valueOf(host).toLowerCase(Locale.ROOT)) + ":"
                + database.port();
    }

    /// The server as the configuration names it.
    static String name(DatabaseSnapshot database) {
        String host = database.host();
        return (host == null ? "unix" : host) + ":" + database.port();
    }

    private static boolean isThisMachine(@Nullable String host) {
        if (host == null || host.startsWith("/") || host.startsWith("@")) {
            return true;
        }
        return host.equalsIgnoreCase("localhost")
                || host.equals("::1")
                || host.equals("[::1]")
                || host.matches("127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}");
    }

    /// What a pool may open beyond its size: its reserve takes connections of the server too. A pool without a limit
    /// has
    /// none.
    static int reserve(WeirConfig config, PoolSnapshot pool) {
        DatabaseConfig database = config.findDatabase(pool.database());
        return database == null || pool.poolSize() == 0 ? 0 : config.reservePoolSize(database, pool.user());
    }
}
