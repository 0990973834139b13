package dev.weir.proxy.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.config.DatabaseConfig;
import dev.weir.config.PoolMode;
import dev.weir.config.WeirConfig;
import dev.weir.config.check.ConfigLoader;
import dev.weir.config.check.Loaded;
import dev.weir.console.port.DatabaseSnapshot;
import dev.weir.console.port.UserSnapshot;
import dev.weir.proxy.pool.PoolRegistry;
import dev.weir.proxy.pool.PooledDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Rows that come from the configuration and from what is counted over all event loops.
final class ConfiguredRowsTest {

    private static final String INI = """
        [databases]
        shop = host=db.example port=5433 dbname=store user=app pool_size=7 pool_mode=transaction max_db_connections=9
        spread = host=one.example,two.example load_balance_hosts=disable
        local =
        * = host=any.example
        [users]
        alice = pool_size=3 pool_mode=statement max_user_connections=4
        [pgbouncer]
        listen_addr = 127.0.0.1
        auth_type = plain
        auth_file = userlist.txt
        min_pool_size = 2
        reserve_pool_size = 1
        server_lifetime = 1200
        max_user_client_connections = 6
        """;

    private final IdlePools idle = new IdlePools();

    @AfterEach
    void close() {
        idle.close();
    }

    @TempDir
    Path directory;

    @Test
    void aDatabaseShowsWhatIsSetForIt() throws IOException {
        WeirConfig config = load();

        assertThat(database(config, idle.under(config), "shop"))
                .isEqualTo(new DatabaseSnapshot(
                        "shop",
                        "db.example",
                        5433,
                        "store",
                        "app",
                        7,
                        2,
                        1,
                        1200,
                        PoolMode.TRANSACTION,
                        null,
                        9,
                        0,
                        0,
                        0,
                        false,
                        false,
                        null));
    }

    @Test
    void hostsAndTheirChoiceAreShown() throws IOException {
        WeirConfig config = load();
        PoolRegistry pools = idle.under(config);

        assertThat(database(config, pools, "spread").host()).isEqualTo("one.example,two.example");
        assertThat(database(config, pools, "spread").loadBalanceHosts()).isEqualTo("disable");
        assertThat(database(config, pools, "spread").poolMode()).isNull();
        assertThat(database(config, pools, "local").host()).isNull();
    }

    @Test
    void aDatabaseShowsWhatIsCountedForIt() throws IOException {
        WeirConfig config = load();
        PoolRegistry pools = idle.under(config);
        PooledDatabase shop = pools.database(entry(config, "shop"));
        shop.group().admitClient();
        shop.group().admitClient();
        shop.group().servers().tryAcquire(0);
        shop.pause();
        shop.setDisabled(true);

        DatabaseSnapshot row = database(config, pools, "shop");

        assertThat(row.currentClientConnections()).isEqualTo(2);
        assertThat(row.currentConnections()).isEqualTo(1);
        assertThat(row.paused()).isTrue();
        assertThat(row.disabled()).isTrue();
    }

    @Test
    void automaticDatabasesAppearOnceTheyAreUsed() throws IOException {
        WeirConfig config = load();
        PoolRegistry pools = idle.under(config);
        assertThat(names(DatabaseRows.read(config, pools))).containsExactlyInAnyOrder("shop", "spread", "local");

        pools.database(entry(config, "made"));
        pools.database(entry(config, "shop"));

        assertThat(names(DatabaseRows.read(config, pools)))
                .containsExactlyInAnyOrder("shop", "spread", "local", "made");
    }

    @Test
    void usersComeFromTheFileTheSettingsAndTheForcedOnes() throws IOException {
        WeirConfig config = load();

        assertThat(UserRows.read(config, idle.under(config)))
                .containsExactlyInAnyOrder(
                        new UserSnapshot("alice", 3, null, PoolMode.STATEMENT, 4, 0, 6, 0),
                        new UserSnapshot("app", null, null, null, 0, 0, 6, 0),
                        new UserSnapshot("bob", null, null, null, 0, 0, 6, 0));
    }

    @Test
    void usersThatAreLoggedInAppear() throws IOException {
        WeirConfig config = load();
        PoolRegistry pools = idle.under(config);
        pools.user("carol").admitClient();

        assertThat(UserRows.read(config, pools)).contains(new UserSnapshot("carol", null, null, null, 0, 0, 6, 1));
    }

    @Test
    void usersThatWereTurnedAwayDoNot() throws IOException {
        WeirConfig config = load();
        PoolRegistry pools = idle.under(config);
        pools.user("mallory").admitClient();
        pools.user("mallory").onClientGone();

        assertThat(UserRows.read(config, pools)).extracting(UserSnapshot::name).doesNotContain("mallory");
    }

    @Test
    void usersWithAPoolStay() throws IOException {
        WeirConfig config = load();
        PoolRegistry pools = idle.under(config);
        pools.pool(entry(config, "local"), "dave");

        assertThat(UserRows.read(config, pools)).extracting(UserSnapshot::name).contains("dave");
    }

    private WeirConfig load() throws IOException {
        Files.writeString(directory.resolve("userlist.txt"), "\"alice\" \"secret\"\n\"bob\" \"secret\"\n");
        Path file = Files.writeString(directory.resolve("weir.ini"), INI);
        Loaded loaded = ConfigLoader.load(file, Map.of());
        WeirConfig config = loaded.config();
        if (config == null) {
            throw new AssertionError(loaded.problems().toString());
        }
        return config;
    }

    private static DatabaseConfig entry(WeirConfig config, String name) {
        DatabaseConfig entry = config.findDatabase(name);
        if (entry == null) {
            throw new AssertionError("no database " + name);
        }
        return entry;
    }

    private static DatabaseSnapshot database(WeirConfig config, PoolRegistry pools, String name) {
        return DatabaseRows.read(config, pools).stream()
                .filter(row -> row.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> names(List<DatabaseSnapshot> rows) {
        return rows.stream().map(DatabaseSnapshot::name).toList();
    }
}
