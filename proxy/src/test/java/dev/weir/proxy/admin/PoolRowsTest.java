package dev.weir.proxy.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.config.LoadBalanceHosts;
import dev.weir.config.PoolMode;
import dev.weir.config.ServerAddress;
import dev.weir.console.port.PoolSnapshot;
import dev.weir.console.port.ServerState;
import dev.weir.proxy.pool.PoolKey;
import dev.weir.proxy.pool.PoolRules;
import dev.weir.proxy.server.ServerRules;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class PoolRowsTest {

    private static final PoolKey KEY = new PoolKey("shop", "app");
    private static final ServerAddress ONE = new ServerAddress.Tcp("one", 5432);
    private static final ServerAddress TWO = new ServerAddress.Tcp("two", 5432);

    @Test
    void partsOfOnePoolAreAddedUp() {
        PoolRows.Part first = new PoolRows.Part(new ServerTally(1, 2, 3, 4, 5, 6, 7, 8), 2, 500);
        PoolRows.Part second = new PoolRows.Part(new ServerTally(10, 20, 30, 40, 50, 60, 70, 80), 3, 900);

        assertThat(first.plus(second))
                .isEqualTo(new PoolRows.Part(new ServerTally(11, 22, 33, 44, 55, 66, 77, 88), 5, 900));
    }

    @Test
    void everyStateHasAColumnOfItsOwn() {
        ServerTally all = ServerTally.NONE;
        for (ServerState state : ServerState.values()) {
            all = all.plus(ServerTally.one(state, 0, 0));
        }

        assertThat(all).isEqualTo(new ServerTally(1, 0, 1, 1, 1, 1, 1, 1));
    }

    @Test
    void cancelRequestsCountBesideTheServersTheyAreFor() {
        ServerTally tally = ServerTally.one(ServerState.ACTIVE, 1, 2)
                .plus(ServerTally.one(ServerState.BEING_CANCELED, 0, 1))
                .plus(ServerTally.one(ServerState.LOGIN, 2, 0));

        assertThat(tally).isEqualTo(new ServerTally(1, 3, 3, 1, 0, 0, 0, 4));
    }

    @Test
    void clientsAreActiveUnlessTheyWait() {
        PoolRows.Part part = new PoolRows.Part(new ServerTally(1, 9, 2, 3, 4, 5, 6, 7), 8, 1_500_000);

        PoolSnapshot row = PoolRows.row(KEY, rules(List.of(ONE)), 20, PoolMode.TRANSACTION, part, "no route");

        assertThat(row)
                .isEqualTo(new PoolSnapshot(
                        "shop",
                        "app",
                        PoolMode.TRANSACTION,
                        9,
                        12,
                        8,
                        2,
                        9,
                        1,
                        2,
                        3,
                        4,
                        5,
                        6,
                        7,
                        1_500_000,
                        null,
                        "no route"));
    }

    @Test
    void neverCountsFewerThanNoClients() {
        PoolRows.Part part = new PoolRows.Part(ServerTally.NONE, 1, 1);

        assertThat(PoolRows.row(KEY, rules(List.of(ONE)), 0, PoolMode.SESSION, part, null)
                        .clientsActive())
                .isZero();
    }

    @Test
    void tellsHowHostsAreChosenWhereThereIsAChoice() {
        PoolRows.Part part = new PoolRows.Part(ServerTally.NONE, 0, 0);

        PoolSnapshot row = PoolRows.row(KEY, rules(List.of(ONE, TWO)), 0, PoolMode.SESSION, part, null);

        assertThat(row.loadBalanceHosts()).isEqualTo("round-robin");
    }

    private static PoolRules rules(List<ServerAddress> addresses) {
        Duration some = Duration.ofSeconds(1);
        ServerRules server = new ServerRules("", false, "", true, some, some, some, some, some, 0);
        return new PoolRules(
                9,
                0,
                0,
                some,
                false,
                1,
                some,
                some,
                false,
                addresses,
                LoadBalanceHosts.ROUND_ROBIN,
                "shop",
                Map.of(),
                "",
                Duration.ZERO,
                List.of(),
                server);
    }
}
