package dev.weir.proxy.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.config.ServerAddress;
import dev.weir.config.WeirConfig;
import dev.weir.proxy.testkit.ConfigText;
import org.junit.jupiter.api.Test;

final class PoolDemandTest {

    private static final ServerAddress DB1 = new ServerAddress.Tcp("db1", 5432);
    private static final String USERS = "\"a\" \"x\"\n\"b\" \"x\"\n";

    @Test
    void countsAPoolForEachUserOfADatabase() {
        assertThat(demand("default_pool_size = 10", "one = host=db1").connections())
                .isEqualTo(20);
    }

    @Test
    void aForcedUserHasOnePool() {
        assertThat(demand("default_pool_size = 10", "one = host=db1 user=a").connections())
                .isEqualTo(10);
    }

    @Test
    void theReserveCounts() {
        assertThat(demand("default_pool_size = 10\nreserve_pool_size = 3", "one = host=db1 user=a")
                        .connections())
                .isEqualTo(13);
    }

    @Test
    void otherServersDoNotCount() {
        PoolDemand demand = demand("default_pool_size = 10", "one = host=db1 user=a", "two = host=db2 user=a");
        assertThat(demand.connections()).isEqualTo(10);
        assertThat(demand.pools()).extracting(PoolDemand.Pool::database).containsExactly("one");
    }

    @Test
    void ofSeveralHostsEachMayGetAll() {
        assertThat(demand("default_pool_size = 10", "one = host=db2,db1 user=a").connections())
                .isEqualTo(10);
    }

    @Test
    void limitsOfDatabasesAndUsersHold() {
        assertThat(demand("default_pool_size = 10\nmax_db_connections = 12", "one = host=db1")
                        .connections())
                .isEqualTo(12);
        assertThat(demand("default_pool_size = 10\nmax_user_connections = 15", "one = host=db1", "two = host=db1")
                        .connections())
                .isEqualTo(30);
    }

    @Test
    void aPoolWithoutALimitHasNoMoreServersThanClients() {
        assertThat(demand("default_pool_size = 0\nmax_client_conn = 70", "one = host=db1 user=a")
                        .connections())
                .isEqualTo(70);
    }

    @Test
    void whatWouldFitIsShrunkAlike() {
        PoolDemand demand = demand(
                "default_pool_size = 100\nmax_client_conn = 1000",
                "one = host=db1 user=a pool_size=300",
                "two = host=db1 user=a");
        assertThat(demand.fitting(40)).isEqualTo("one/a 30, two/a 10");
    }

    private static PoolDemand demand(String settings, String... databases) {
        WeirConfig config = ConfigText.read(
                "[pgbouncer]\nauth_file = userlist.txt\n" + settings + "\n[databases]\n" + String.join("\n", databases),
                USERS);
        return PoolDemand.of(config, DB1);
    }
}
