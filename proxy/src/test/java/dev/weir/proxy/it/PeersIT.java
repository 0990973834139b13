package dev.weir.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.proxy.testkit.Accounts;
import dev.weir.proxy.testkit.Certificates;
import dev.weir.proxy.testkit.Certificates.PemFiles;
import dev.weir.proxy.testkit.Endpoint;
import dev.weir.proxy.testkit.Frontend;
import dev.weir.proxy.testkit.LeakGuard;
import dev.weir.proxy.testkit.LogLines;
import dev.weir.proxy.testkit.RawClient;
import dev.weir.proxy.testkit.Shown;
import dev.weir.proxy.testkit.TestPostgres;
import dev.weir.proxy.testkit.WeirFixture;
import io.netty.pkitesting.X509Bundle;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Cancel requests that reach another pooler than the one that gave the key away.
@ExtendWith(LeakGuard.class)
final class PeersIT {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static WeirFixture.Setup peer(int id) {
        return WeirFixture.over(TestPostgres.shared()).set("peer_id", String.valueOf(id));
    }

    private static String at(WeirFixture weir) {
        return "host=127.0.0.1 port=" + weir.port();
    }

    private static void awaitRunning(String fragment) {
        try (RawClient observer = TestPostgres.shared().superuser("postgres")) {
            await("running: " + fragment)
                    .atMost(PATIENCE)
                    .until(() -> observer.value("SELECT count(*) FROM pg_stat_activity WHERE state = 'active'"
                                    + " AND pid <> pg_backend_pid() AND query LIKE '%" + fragment + "%'")
                            .equals("1"));
        }
    }

    /// Asks a pooler to cancel what another one's client runs, and waits until it has closed the connection.
    private static void cancel(Endpoint pooler, RawClient client) {
        try (RawClient messenger = RawClient.open(pooler)) {
            messenger.send(Frontend.cancelRequest(client.backendKeyData()));
            assertThat(messenger.readToEnd()).isEmpty();
        }
    }

    private static void assertCancelled(RawClient client) {
        assertThat(client.readUntil('E').getLast().sqlState()).isEqualTo("57014");
        client.readUntilReady();
        assertThat(client.value("SELECT 'alive'")).isEqualTo("alive");
    }

    @ParameterizedTest
    @ValueSource(ints = {Frontend.PROTOCOL_3_0, Frontend.PROTOCOL_3_2})
    void aRequestThatReachesAPeerIsPassedOn(int protocol) {
        try (WeirFixture first = peer(1).start();
                WeirFixture second = peer(300).peer(1, at(first)).start();
                RawClient client = first.connect(Accounts.APP.protocol(protocol));
                RawClient console = second.console()) {
            client.send(Frontend.query("SELECT pg_sleep(60), 'peer to peer'"));
            awaitRunning("peer to peer");
            cancel(second.tcp(), client);
            assertCancelled(client);
            assertThat(Shown.rows(console, "SHOW PEERS"))
                    .containsExactly(Map.of(
                            "peer_id",
                            "1",
                            "host",
                            "127.0.0.1",
                            "port",
                            String.valueOf(first.port()),
                            "pool_size",
                            "4"));
            assertThat(Shown.rows(console, "SHOW PEER_POOLS"))
                    .containsExactly(Map.of(
                            "peer_id",
                            "1",
                            "cl_active_cancel_req",
                            "0",
                            "cl_waiting_cancel_req",
                            "0",
                            "sv_active_cancel",
                            "0",
                            "sv_login",
                            "0"));
        }
    }

    @Test
    void aPeerIsReachedThroughItsUnixSocketToo() {
        try (WeirFixture first = peer(1).start();
                WeirFixture second = peer(2).peer(1, "host=" + first.directory() + " port=" + first.port())
                        .start();
                RawClient client = first.connect(Accounts.APP)) {
            client.send(Frontend.query("SELECT pg_sleep(60), 'by unix socket'"));
            awaitRunning("by unix socket");
            cancel(second.unix(), client);
            assertCancelled(client);
        }
    }

    @Test
    void thePeersSecondAddressIsTriedWhenNobodyIsAtTheFirst() throws Exception {
        int nobody;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = free.getLocalPort();
        }
        try (WeirFixture first = peer(1).start();
                WeirFixture second = peer(2).peer(
                                1, "host=/there/is/nothing,no-such-host.invalid,127.0.0.1 port=" + first.port())
                        .start();
                WeirFixture third =
                        peer(3).peer(1, "host=127.0.0.1 port=" + nobody).start();
                RawClient client = first.connect(Accounts.APP)) {
            client.send(Frontend.query("SELECT pg_sleep(60), 'second address'"));
            awaitRunning("second address");
            cancel(third.tcp(), client);
            cancel(second.tcp(), client);
            assertCancelled(client);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "require, require, true",
        "disable, prefer, true",
        "require, verify-ca, true",
        "require, verify-full, true",
        "disable, require, false"
    })
    void aRequestIsEncryptedOnItsWayWhereThatIsWanted(String offered, String wanted, boolean arrives) {
        Path directory = Certificates.directory();
        X509Bundle authority = Certificates.authority("peers");
        PemFiles server = Certificates.write(
                directory,
                "peer",
                Certificates.issued(Certificates.named("CN=127.0.0.1").addSanIpAddress("127.0.0.1"), authority));
        Path trusted = Certificates.writeAuthority(directory, "ca", authority);
        try (LogLines log = LogLines.of("dev.weir.proxy.cancel.PeerPool");
                WeirFixture first = peer(1).set("client_tls_sslmode", offered)
                        .set("client_tls_key_file", server.key().toString())
                        .set("client_tls_cert_file", server.chain().toString())
                        .start();
                WeirFixture second = peer(2).peer(1, at(first))
                        .set("server_tls_sslmode", "disable")
                        .set("server_tls_ca_file", trusted.toString())
                        .set("peer_tls_sslmode", wanted)
                        .start();
                RawClient client = RawClient.connect(first.unix(), Accounts.APP)) {
            client.send(Frontend.query("SELECT pg_sleep(60), 'encrypted'"));
            awaitRunning("encrypted");
            cancel(second.tcp(), client);
            assertThat(log.lines().isEmpty()).as("%s", log.lines()).isEqualTo(arrives);
            if (!arrives) {
                assertThat(log.lines()).anyMatch(line -> line.endsWith("server refused SSL"));
                client.cancel();
            }
            assertCancelled(client);
        }
    }

    @Test
    void nothingOfARequestIsSeenOnItsWay() throws Exception {
        try (ServerSocket peer = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
                WeirFixture first = peer(1).start();
                WeirFixture second = peer(2).peer(1, "host=127.0.0.1 port=" + peer.getLocalPort())
                        .set("peer_tls_sslmode", "prefer")
                        .start();
                RawClient client = first.connect(Accounts.APP);
                RawClient messenger = RawClient.open(second.tcp())) {
            messenger.send(Frontend.cancelRequest(client.backendKeyData()));
            try (Socket asked = peer.accept()) {
                assertThat(asked.getInputStream().readNBytes(8)).isEqualTo(Frontend.sslRequest());
                asked.getOutputStream().write('S');
                assertThat(asked.getInputStream().read()).isEqualTo(0x16); // a TLS handshake
            }
            assertThat(messenger.readToEnd()).isEmpty();
        }
    }

    @Test
    void twoProcessesOnOnePortCancelForEachOther() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        try (WeirFixture first = sharing(1, port).start();
                WeirFixture second = sharing(2, port)
                        .peer(1, "host=" + first.directory() + " port=" + port)
                        .start()) {
            first.reloadUnix(setup -> setup.peer(2, "host=" + second.directory() + " port=" + port));
            for (int i = 0; i < 8; i++) {
                try (RawClient client = RawClient.connect(first.unix(), Accounts.APP)) {
                    client.send(Frontend.query("SELECT pg_sleep(60), 'on one port'"));
                    awaitRunning("on one port");
                    // The kernel chooses who gets it.
                    cancel(Endpoint.loopback(port), client);
                    assertCancelled(client);
                }
            }
        }
    }

    private static WeirFixture.Setup sharing(int id, int port) {
        return peer(id).set("listen_port", String.valueOf(port)).set("so_reuseport", "1");
    }

    @Test
    void aRequestIsNotPassedOnForEver() {
        try (LogLines log = LogLines.of("dev.weir.proxy.cancel.Peers");
                WeirFixture first = peer(1).start();
                WeirFixture second = peer(2).peer(3, at(first)).start();
                WeirFixture third = peer(3).start();
                RawClient client = third.connect(Accounts.APP)) {
            first.reload(setup -> setup.peer(3, at(second)));
            cancel(first.tcp(), client);
            assertThat(log.lines())
                    .filteredOn(line -> line.endsWith("failed to forward cancel request because its TTL was exhausted"))
                    .hasSize(1);
            second.reload(setup -> setup.peer(4, at(first)).peer(3, at(third)));
            cancel(first.tcp(), client);
            assertThat(client.value("SELECT 'an idle client hears nothing'")).startsWith("an idle client");
        }
    }

    @Test
    void anUnknownPeerIsNobody() {
        try (LogLines log = LogLines.of("dev.weir.proxy.cancel.Peers");
                WeirFixture first = peer(1).start();
                WeirFixture second = peer(2).start();
                RawClient client = first.connect(Accounts.APP)) {
            cancel(second.tcp(), client);
            assertThat(log.lines()).anyMatch(line -> line.endsWith("could not find peer to forward request to"));
        }
    }

    @Test
    void requestsStandInLineForAPeerAndAreGivenUpInTheEnd() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
                WeirFixture first = peer(1).start();
                WeirFixture second = peer(2).peer(1, "host=127.0.0.1 pool_size=1 port=" + silent.getLocalPort())
                        .set("cancel_wait_timeout", "3")
                        .start();
                RawClient client = first.connect(Accounts.APP);
                RawClient one = RawClient.open(second.tcp());
                RawClient two = RawClient.open(second.tcp());
                RawClient console = second.console()) {
            one.send(Frontend.cancelRequest(client.backendKeyData()));
            try (Socket carried = silent.accept()) {
                byte[] got = carried.getInputStream().readNBytes(16);
                byte[] key = client.backendKeyData();
                key[7] = (byte) ((key[7] & ~3) | 2);
                assertThat(got).isEqualTo(Frontend.cancelRequest(key));
                two.send(Frontend.cancelRequest(client.backendKeyData()));
                await().atMost(PATIENCE)
                        .until(
                                () -> Shown.rows(console, "SHOW PEER_POOLS"),
                                rows -> rows.equals(List.of(Map.of(
                                        "peer_id",
                                        "1",
                                        "cl_active_cancel_req",
                                        "1",
                                        "cl_waiting_cancel_req",
                                        "1",
                                        "sv_active_cancel",
                                        "1",
                                        "sv_login",
                                        "0"))));
                List<Map<String, String>> requests = Shown.rows(console, "SHOW CLIENTS").stream()
                        .filter(row -> row.getOrDefault("state", "").equals("active_cancel_req"))
                        .toList();
                assertThat(requests).hasSize(2);
                assertThat(one.readToEnd()).isEmpty();
            }
            assertThat(two.readToEnd()).isEmpty();
        }
    }
}
