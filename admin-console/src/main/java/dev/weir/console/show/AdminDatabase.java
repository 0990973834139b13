package dev.weir.console.show;

import dev.weir.config.PoolMode;
import dev.weir.console.port.DatabaseSnapshot;
import dev.weir.console.port.PoolSnapshot;
import dev.weir.console.port.PoolerIdentity;
import dev.weir.console.port.PoolerState;
import dev.weir.console.port.SettingSnapshot;
import dev.weir.console.port.UserSnapshot;
import java.util.List;

/// The virtual database that console sessions log in to: PgBouncer shows it among the real ones, and monitoring
/// expects it there.
public final class AdminDatabase {

    /// Its name, and the name of its user.
    public static final String NAME = "pgbouncer";

    private static final int POOL_SIZE = 2;

    /// Its user, as long as nobody else has that name.
    static final UserSnapshot USER = new UserSnapshot(NAME, null, null, null, 0, 0, 0, 0);

    private AdminDatabase() {}

    static DatabaseSnapshot database(PoolerIdentity identity, PoolerState state, List<SettingSnapshot> settings) {
        return new DatabaseSnapshot(
                NAME,
                null,
                identity.listenPort(),
                NAME,
                NAME,
                POOL_SIZE,
                0,
                0,
                serverLifetime(settings),
                PoolMode.STATEMENT,
                null,
                0,
                0,
                0,
                state.consoleClients(),
                false,
                false,
                null);
    }

    /// It has no servers, but shows what would hold for them.
    private static long serverLifetime(List<SettingSnapshot> settings) {
        return settings.stream()
                .filter(setting -> setting.key().equals("server_lifetime") && setting.value() != null)
                .mapToLong(setting -> (long) Double.parseDouble(String.valueOf(setting.value())))
                .findFirst()
                .orElse(0);
    }

    static PoolSnapshot pool(PoolerState state) {
        return new PoolSnapshot(
                NAME,
                NAME,
                PoolMode.STATEMENT,
                POOL_SIZE,
                state.consoleClients(),
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                null,
                null);
    }
}
