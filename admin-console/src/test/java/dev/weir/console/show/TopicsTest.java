package dev.weir.console.show;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.config.PoolMode;
import dev.weir.console.InMemoryPooler;
import dev.weir.console.TestConfig;
import dev.weir.console.alert.AlertBoard;
import dev.weir.console.alert.Watch;
import dev.weir.console.port.BlockerState;
import dev.weir.console.port.ClientState;
import dev.weir.console.port.DnsHostSnapshot;
import dev.weir.console.port.DnsZoneSnapshot;
import dev.weir.console.port.Endpoint;
import dev.weir.console.port.ListenerSnapshot;
import dev.weir.console.port.MemorySnapshot;
import dev.weir.console.port.PeerPoolSnapshot;
import dev.weir.console.port.PeerSnapshot;
import dev.weir.console.port.PinSnapshot;
import dev.weir.console.port.PoolerState;
import dev.weir.console.port.ServerState;
import dev.weir.console.port.UserSnapshot;
import dev.weir.console.table.Column;
import dev.weir.console.table.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Columns with their order and types are what scripts and exporters rely on, so they are spelled out here once more.
final class TopicsTest {

    private static final String CONNECTION = "type s user s database s replication s state s addr s port i local_addr s"
            + " local_port i connect_time T request_time T wait i wait_us i close_needed i ptr s link s remote_pid i"
            + " tls s application_name s prepared_statements i id i";

    private final InMemoryPooler pooler = new InMemoryPooler();
    private final Watch watch = new Watch(pooler, TestConfig::empty, 6432);
    private final AtomicLong nanos = new AtomicLong();
    private final StatsHistory history = new StatsHistory(nanos::get);
    private final ConsoleTraffic traffic = new ConsoleTraffic();

    @ParameterizedTest
    @CsvSource({
        "VERSION,version s",
        "DATABASES,name s host s port i database s force_user s pool_size i min_pool_size i reserve_pool_size i"
                + " server_lifetime i pool_mode s load_balance_hosts s max_connections i current_connections i"
                + " max_client_connections i current_client_connections i paused i disabled i",
        "POOLS,database s user s cl_active i cl_waiting i cl_active_cancel_req i cl_waiting_cancel_req i sv_active i"
                + " sv_active_cancel i sv_being_canceled i sv_idle i sv_used i sv_tested i sv_login i maxwait i"
                + " maxwait_us i pool_mode s load_balance_hosts s",
        "PEERS,peer_id i host s port i pool_size i",
        "PEER_POOLS,peer_id i cl_active_cancel_req i cl_waiting_cancel_req i sv_active_cancel i sv_login i",
        "CLIENTS," + CONNECTION,
        "SERVERS," + CONNECTION,
        "PINS,database s user s client_id i addr s port i application_name s server_pid i reason s detail s since T"
                + " seconds i",
        "SOCKETS," + CONNECTION
                + " recv_pos i pkt_pos i pkt_remain i send_pos i send_remain i pkt_avail i send_avail i",
        "ACTIVE_SOCKETS," + CONNECTION
                + " recv_pos i pkt_pos i pkt_remain i send_pos i send_remain i pkt_avail i send_avail i",
        "USERS,name s pool_size s reserve_pool_size s pool_mode s max_user_connections i current_connections i"
                + " max_user_client_connections i current_client_connections i",
        "LISTS,list s items i",
        "STATS,database s total_server_assignment_count N total_xact_count N total_query_count N total_received N"
                + " total_sent N total_xact_time N total_query_time N total_wait_time N total_client_parse_count N"
                + " total_server_parse_count N total_bind_count N avg_server_assignment_count N avg_xact_count N"
                + " avg_query_count N avg_recv N avg_sent N avg_xact_time N avg_query_time N avg_wait_time N"
                + " avg_client_parse_count N avg_server_parse_count N avg_bind_count N",
        "STATS_TOTALS,database s server_assignment_count N xact_count N query_count N bytes_received N bytes_sent N"
                + " xact_time N query_time N wait_time N client_parse_count N server_parse_count N bind_count N",
        "STATS_AVERAGES,database s server_assignment_count N xact_count N query_count N bytes_received N bytes_sent N"
                + " xact_time N query_time N wait_time N avg_client_parse_count N avg_server_parse_count N"
                + " avg_bind_count N",
        "TOTALS,name s value N",
        "CONFIG,key s value s default s changeable s",
        "MEM,name s size i used i free i memtotal i",
        "STATE,key s value s",
        "DNS_HOSTS,hostname s ttl q addrs s",
        "DNS_ZONES,zonename s serial q count i",
        "FDS,fd i task s user s database s addr s port i cancel q link i client_encoding s std_strings s datestyle s"
                + " timezone s password s scram_client_key b scram_server_key b"
    })
    void columnsAreThoseOfPgBouncer(String topic, String columns) {
        assertThat(topic(topic).columns().stream().map(TopicsTest::signature).collect(Collectors.joining(" ")))
                .isEqualTo(columns);
        assertThat(topic(topic).columns())
                .allSatisfy(column -> assertThat(column.meaning()).isNotBlank());
        assertThat(show(topic).columns()).isEqualTo(topic(topic).columns());
    }

    @Test
    void databasesAreSortedWithTheVirtualOneAmongThem() {
        pooler.databases.add(InMemoryPooler.database("shop"));
        pooler.databases.add(InMemoryPooler.database("blog"));

        assertRows(
                "DATABASES",
                "blog db1 5432 real_blog NULL 20 1 2 3600 NULL NULL 30 3 40 4 1 0",
                "pgbouncer NULL 6432 pgbouncer pgbouncer 2 0 0 0 statement NULL 0 0 0 1 0 0",
                "shop db1 5432 real_shop NULL 20 1 2 3600 NULL NULL 30 3 40 4 1 0");
    }

    @Test
    void poolsAreSortedByDatabaseThenUser() {
        pooler.pools.add(InMemoryPooler.pool("shop", "bob"));
        pooler.pools.add(InMemoryPooler.pool("shop", "alice"));

        assertRows(
                "POOLS",
                "pgbouncer pgbouncer 1 0 0 0 0 0 0 0 0 0 0 0 0 statement NULL",
                "shop alice 1 2 3 4 5 6 7 8 9 10 11 3 42 transaction NULL",
                "shop bob 1 2 3 4 5 6 7 8 9 10 11 3 42 transaction NULL");
    }

    @Test
    void pinsAreShownFromTheOldestOn() {
        Endpoint client = new Endpoint("10.0.0.7", 40_000);
        long since = InMemoryPooler.CONNECTED_AT;
        pooler.pins.add(new PinSnapshot(
                "shop", "bob", 8, client, "cron", 4712, "advisory lock", "1", since + 1_000_000, 2_000_000_000L));
        pooler.pins.add(new PinSnapshot(
                "shop", "alice", 7, client, "report", 4711, "temporary table", "basket", since, 3_000_000_000L));

        assertThat(column("PINS", "user")).containsExactly("alice", "bob");
        assertThat(column("PINS", "client_id")).containsExactly("7", "8");
        assertThat(column("PINS", "reason")).containsExactly("temporary table", "advisory lock");
        assertThat(column("PINS", "seconds")).containsExactly("3", "2");
    }

    @Test
    void ofEachPoolThoseStatementsAreShownThatTookMostTime() {
        for (int i = 1; i <= 25; i++) {
            pooler.queries.add(InMemoryPooler.query("shop", i, i * 1_000_000L));
        }
        pooler.queries.add(InMemoryPooler.query("blog", 99, 500_000));

        assertThat(column("QUERIES", "query_id"))
                .hasSize(21)
                .startsWith("0000000000000019", "0000000000000018")
                .endsWith("0000000000000063");
        assertThat(column("QUERIES", "total_time")).startsWith("25000").endsWith("500");
        assertThat(column("QUERIES", "mean_time")).startsWith("12500").endsWith("250");
        assertThat(column("QUERIES", "p95_time")).endsWith("500"); // not longer than the longest
        assertThat(column("QUERIES", "wait_time")).contains("5");
    }

    @Test
    void whoLeaksAndWhoKeepsOthersWaitingComesFirst() {
        pooler.blockers.add(InMemoryPooler.blocker(1, BlockerState.ACTIVE, false));
        pooler.blockers.add(InMemoryPooler.blocker(2, BlockerState.PINNED, false));
        pooler.blockers.add(InMemoryPooler.blocker(3, BlockerState.IDLE_IN_TRANSACTION, true));

        assertThat(column("BLOCKERS", "client_id")).containsExactly("3", "2", "1");
        assertThat(column("BLOCKERS", "state")).containsExactly("idle in transaction", "pinned", "active");
        assertThat(column("BLOCKERS", "leaking")).containsExactly("yes", "no", "no");
        assertThat(column("BLOCKERS", "state_time")).containsOnly("7000000");
    }

    @Test
    void clientsThatLogInAreOnlyInSockets() {
        pooler.clients.add(InMemoryPooler.client(4, ClientState.WAITING_CANCEL_REQ));
        pooler.clients.add(InMemoryPooler.client(2, ClientState.IDLE));
        pooler.clients.add(InMemoryPooler.client(3, ClientState.LOGIN));
        pooler.clients.add(InMemoryPooler.client(6, ClientState.WAITING));
        pooler.servers.add(InMemoryPooler.server(5, ServerState.LOGIN));
        pooler.servers.add(InMemoryPooler.server(1, ServerState.ACTIVE));

        assertThat(column("CLIENTS", "state")).containsExactly("idle", "waiting_cancel_req", "waiting");
        assertThat(column("SERVERS", "state")).containsExactly("active", "new");
        assertThat(column("SOCKETS", "state"))
                .containsExactly(
                        "cl_active", "cl_login", "cl_waiting_cancel_req", "cl_waiting", "sv_active", "sv_login");
        assertThat(column("ACTIVE_SOCKETS", "state")).containsExactly("cl_waiting", "sv_active");
        assertThat(column("FDS", "task")).containsExactly("client", "client", "client", "client", "server", "server");
        assertThat(column("FDS", "password")).containsOnlyNulls();
    }

    @Test
    void listeningSocketsComeFirstWithTheirDescriptors() {
        pooler.clients.add(InMemoryPooler.client(2, ClientState.IDLE));
        pooler.listeners.add(new ListenerSnapshot(7, new Endpoint("127.0.0.1", 6432)));
        pooler.listeners.add(new ListenerSnapshot(9, Endpoint.unix(6432)));

        assertThat(column("FDS", "fd")).containsExactly("7", "9", null);
        assertThat(column("FDS", "task")).containsExactly("pooler", "pooler", "client");
        assertThat(column("FDS", "addr")).startsWith("127.0.0.1", "unix");
        assertThat(topic("FDS").descriptors(show("FDS"))).containsExactly(7, 9);
        assertThat(topic("CLIENTS").descriptors(show("CLIENTS"))).isEmpty();
    }

    @Test
    void aConnectionIsShownInFull() {
        pooler.servers.add(InMemoryPooler.server(258, ServerState.BEING_CANCELED));

        List<@Nullable String> row = show("SOCKETS").rows().getFirst();

        assertThat(row.subList(0, 9))
                .containsExactly(
                        "S", "alice", "shop", "none", "sv_being_canceled", "127.0.0.1", "40000", "unix", "6432");
        assertThat(row.get(9)).matches("2023-11-1[345] \\d\\d:\\d\\d:20 \\S+");
        assertThat(row.get(10)).as("nothing was asked yet").isEqualTo(row.get(9));
        assertThat(row.subList(11, row.size()))
                .containsExactly(
                        "1",
                        "500000",
                        "1",
                        "0x000000000102",
                        "0x000000000001",
                        "4711",
                        "TLSv1.3/TLS_AES_256_GCM_SHA384",
                        "app",
                        "3",
                        "258",
                        "0",
                        "0",
                        "20",
                        "0",
                        "30",
                        "10",
                        "10");
    }

    @Test
    void aSizeOfAUserIsAlignedAndEmptyWhenThereIsNone() {
        pooler.users.add(new UserSnapshot("bob", null, null, null, 0, 1, 2, 3));
        pooler.users.add(new UserSnapshot("alice", 5, 123, PoolMode.SESSION, 9, 1, 2, 3));

        assertThat(show("USERS").rows().getFirst())
                .containsExactly("alice", "        5", "      123", "session", "9", "1", "2", "3");
        assertThat(show("USERS").rows().get(1)).containsExactly("bob", "", "", null, "0", "1", "2", "3");
        assertThat(column("USERS", "name")).containsExactly("alice", "bob", "pgbouncer");
    }

    @Test
    void consoleSessionsCountAmongTheClientsOfTheirUser() {
        pooler.users.add(new UserSnapshot("alice", null, null, null, 0, 0, 0, 3));
        pooler.clients.add(InMemoryPooler.console(2));
        pooler.clients.add(InMemoryPooler.client(3, ClientState.ACTIVE));

        assertThat(column("USERS", "current_client_connections")).containsExactly("4", "0");
    }

    @Test
    void theAdminDatabaseShowsTheLifetimeOfServers() {
        pooler.settings.put("server_lifetime", "77.5");

        assertThat(column("DATABASES", "server_lifetime")).containsExactly("77");
    }

    @Test
    void aUserOfThatNameIsNotShownTwice() {
        pooler.users.add(new UserSnapshot("pgbouncer", 3, null, null, 0, 1, 2, 3));

        assertThat(column("USERS", "name")).containsExactly("pgbouncer");
    }

    @Test
    void listsCountTheVirtualDatabase() {
        assertRows(
                "LISTS",
                "databases 3",
                "users 4",
                "peers 0",
                "pools 5",
                "peer_pools 0",
                "free_clients 0",
                "used_clients 5",
                "login_clients 6",
                "free_servers 0",
                "used_servers 7",
                "dns_names 8",
                "dns_zones 0",
                "dns_queries 9",
                "dns_pending 10");
    }

    @Test
    void statsSumThePoolsOfADatabase() {
        pooler.stats.add(InMemoryPooler.stats("shop", "alice", 1));
        pooler.stats.add(InMemoryPooler.stats("shop", "bob", 2));
        pooler.stats.add(InMemoryPooler.stats("blog", "bob", 1));
        nanos.set(10_000_000_000L);

        assertRows(
                "STATS",
                "blog 10 20 30 4000 5000 60000 30000 10000 7 8 9 1 2 3 400 500 3000 1000 1000 0 0 0",
                "pgbouncer 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0",
                "shop 30 60 90 12000 15000 180000 90000 30000 21 24 27 3 6 9 1200 1500 3000 1000 1000 2 2 2");
        assertRows(
                "STATS_TOTALS",
                "blog 10 20 30 4000 5000 60000 30000 10000 7 8 9",
                "pgbouncer 0 0 0 0 0 0 0 0 0 0 0",
                "shop 30 60 90 12000 15000 180000 90000 30000 21 24 27");
        assertRows(
                "STATS_AVERAGES",
                "blog 1 2 3 400 500 3000 1000 1000 0 0 0",
                "pgbouncer 0 0 0 0 0 0 0 0 0 0 0",
                "shop 3 6 9 1200 1500 3000 1000 1000 2 2 2");
    }

    @Test
    void totalsHaveARowForEveryCounter() {
        pooler.stats.add(InMemoryPooler.stats("shop", "alice", 1));
        nanos.set(1_000_000_000L);

        assertRows(
                "TOTALS",
                "total_server_assignment_count 10",
                "total_xact_count 20",
                "total_query_count 30",
                "total_client_bytes 4000",
                "total_server_bytes 5000",
                "total_xact_time 60000",
                "total_query_time 30000",
                "total_wait_time 10000",
                "total_ps_client_parse_count 7",
                "total_ps_server_parse_count 8",
                "total_ps_bind_count 9",
                "avg_server_assignment_count 10",
                "avg_xact_count 20",
                "avg_query_count 30",
                "avg_client_bytes 4000",
                "avg_server_bytes 5000",
                "avg_xact_time 3000",
                "avg_query_time 1000",
                "avg_wait_time 1000",
                "avg_ps_client_parse_count 7",
                "avg_ps_server_parse_count 8",
                "avg_ps_bind_count 9");
    }

    @Test
    void averagesSpanAFullPeriodAndTheRunningOne() {
        pooler.stats.add(InMemoryPooler.stats("shop", "alice", 1));
        nanos.set(60_000_000_000L);
        history.record(pooler.stats);
        pooler.stats.set(0, InMemoryPooler.stats("shop", "alice", 7));
        nanos.set(120_000_000_000L);
        history.record(pooler.stats);
        pooler.stats.set(0, InMemoryPooler.stats("shop", "alice", 10));
        nanos.set(150_000_000_000L);

        // 270 queries more than at second 60, in 90 seconds.
        assertThat(column("STATS", "avg_query_count")).containsExactly("0", "3");
    }

    @Test
    void aDatabaseThatCameBackHasNoNegativeAverages() {
        pooler.stats.add(InMemoryPooler.stats("shop", "alice", 100));
        history.record(pooler.stats);
        history.record(pooler.stats);
        pooler.stats.set(0, InMemoryPooler.stats("shop", "alice", 1));
        nanos.set(1_000_000_000L);

        assertThat(column("STATS", "avg_query_count")).containsExactly("0", "0");
    }

    @Test
    void theRestIsShownAsItIs() {
        pooler.memory.add(new MemorySnapshot("client", 0, 1, 2, 5_000_000_000L));
        pooler.dnsHosts.add(new DnsHostSnapshot("db1", 15, List.of("10.0.0.1", "::1")));
        pooler.dnsZones.add(new DnsZoneSnapshot("example.org", 5_000_000_000L, 2));
        pooler.peers.add(new PeerSnapshot(2, "other", 6432, 20));
        pooler.peerPools.add(new PeerPoolSnapshot(2, 1, 2, 3, 4));
        pooler.state = new PoolerState(true, false, false, 0);

        assertRows("MEM", "client 0 1 2 2147483647");
        assertRows("DNS_HOSTS", "db1 15 10.0.0.1,::1");
        assertRows("DNS_ZONES", "example.org 5000000000 2");
        assertRows("PEERS", "2 other 6432 20");
        assertRows("PEER_POOLS", "2 1 2 3 4");
        assertRows("STATE", "active no", "paused yes", "suspended no");
        assertRows("CONFIG", "listen_port 6432 default no", "pool_mode session default yes");
        assertRows("VERSION", "PgBouncer 1.25.2 (Weir 0.1.0)");
    }

    private Table show(String name) {
        return topic(name)
                .read(new ShowSource(pooler, history, traffic, new AlertBoard(), watch.advisor()))
                .toCompletableFuture()
                .join();
    }

    private List<@Nullable String> column(String topic, String name) {
        Table table = show(topic);
        int index = table.columns().stream().map(Column::name).toList().indexOf(name);
        List<@Nullable String> values = new ArrayList<>();
        table.rows().forEach(row -> values.add(row.get(index)));
        return values;
    }

    private void assertRows(String topic, String... rows) {
        assertThat(show(topic).rows().stream()
                        .map(row -> row.stream()
                                .map(value -> Objects.requireNonNullElse(value, "NULL"))
                                .collect(Collectors.joining(" "))))
                .containsExactly(rows);
    }

    private static Topic topic(String name) {
        return Objects.requireNonNull(Topics.find(name), name);
    }

    private static String signature(Column column) {
        return column.name()
                + switch (column.type()) {
                    case TEXT -> " s";
                    case INT4 -> " i";
                    case INT8 -> " q";
                    case NUMERIC -> " N";
                    case BYTEA -> " b";
                    case TIMESTAMP -> " T";
                };
    }
}
