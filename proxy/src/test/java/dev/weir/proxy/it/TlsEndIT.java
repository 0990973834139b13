package dev.weir.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.awaitility.Awaitility.await;

import dev.weir.console.port.ShutdownMode;
import dev.weir.proxy.testkit.Accounts;
import dev.weir.proxy.testkit.Certificates;
import dev.weir.proxy.testkit.Certificates.PemFiles;
import dev.weir.proxy.testkit.Frontend;
import dev.weir.proxy.testkit.LeakGuard;
import dev.weir.proxy.testkit.RawClient;
import dev.weir.proxy.testkit.Shown;
import dev.weir.proxy.testkit.TestPostgres;
import dev.weir.proxy.testkit.TlsTunnel;
import dev.weir.proxy.testkit.WeirFixture;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// How connections with TLS end: by their client, by the console, with the process.
@ExtendWith(LeakGuard.class)
final class TlsEndIT {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static WeirFixture.Setup setup(String engine) {
        PemFiles files = Certificates.write(
                Certificates.directory(),
                "server",
                Certificates.issued(Certificates.server(), Certificates.authority("authority")));
        return WeirFixture.over(TestPostgres.shared())
                .set("tls_engine", engine)
                .set("auth_type", "trust")
                .set("client_tls_sslmode", "allow")
                .set("client_tls_key_file", files.key().toString())
                .set("client_tls_cert_file", files.chain().toString());
    }

    /// A client that knows how its connection ends, which a tunnel does not tell.
    private static final class Encrypted implements AutoCloseable {
        private final SSLSocket socket;
        private final DataInputStream in;

        Encrypted(WeirFixture weir) throws IOException {
            Socket plain = new Socket(InetAddress.getLoopbackAddress(), weir.port());
            plain.setSoTimeout((int) PATIENCE.toMillis());
            plain.getOutputStream().write(Frontend.sslRequest());
            assertThat(plain.getInputStream().read()).isEqualTo('S');
            socket = (SSLSocket)
                    TlsTunnel.context(null).getSocketFactory().createSocket(plain, "localhost", weir.port(), true);
            socket.startHandshake();
            in = new DataInputStream(socket.getInputStream());
            send(Frontend.startup(
                    Frontend.PROTOCOL_3_0, Map.of("user", Accounts.APP.user(), "database", Accounts.DATABASE)));
            readUntil('Z');
        }

        void send(byte[] bytes) throws IOException {
            socket.getOutputStream().write(bytes);
        }

        List<Character> readUntil(char type) throws IOException {
            List<Character> types = new ArrayList<>();
            do {
                types.add((char) in.readByte());
                in.readFully(new byte[in.readInt() - 4]);
            } while (types.getLast() != type);
            return types;
        }

        void assertEndsProperly() throws IOException {
            assertThat(in.read()).isEqualTo(-1);
            // throws where the connection just broke off
            assertThatCode(socket::shutdownInput).as("close_notify").doesNotThrowAnyException();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "jdk"})
    void whoSaysGoodByeHearsItToo(String engine) throws IOException {
        try (WeirFixture weir = setup(engine).start();
                Encrypted client = new Encrypted(weir)) {
            client.send(Frontend.terminate());
            client.assertEndsProperly();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "jdk"})
    void whoIsSentAwayHearsTheReasonAndTheEnd(String engine) throws IOException {
        try (WeirFixture weir = setup(engine).start();
                Encrypted client = new Encrypted(weir);
                RawClient console = weir.console()) {
            String id = Shown.rows(console, "SHOW CLIENTS").stream()
                    .filter(row -> row.get("database").equals(Accounts.DATABASE))
                    .map(row -> row.get("id"))
                    .findFirst()
                    .orElseThrow();
            console.run("KILL_CLIENT " + id);
            assertThat(client.readUntil('E')).containsExactly('E');
            client.assertEndsProperly();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "jdk"})
    void closeNotifyEndsATransactionAsAnyEndDoes(String engine) throws IOException {
        try (WeirFixture weir = setup(engine).start();
                RawClient observer = TestPostgres.shared().superuser(Accounts.DATABASE)) {
            observer.run("DROP TABLE IF EXISTS ended");
            observer.run("CREATE TABLE ended (n int)");
            observer.run("GRANT ALL ON ended TO " + Accounts.APP.user());
            try (Encrypted client = new Encrypted(weir)) {
                client.send(Frontend.query("BEGIN; INSERT INTO ended VALUES (1)"));
                client.readUntil('Z');
                client.socket.shutdownOutput(); // nothing but close_notify
                client.assertEndsProperly();
            }
            weir.awaitPool(Accounts.DATABASE, "app", "sv_active", "0");
            assertThat(observer.value("SELECT count(*) FROM ended")).isEqualTo("0");
            observer.run("DROP TABLE ended");
        }
    }

    @Test
    void aShutdownThatWaitsForClientsWaitsForThoseWithTls() {
        try (WeirFixture weir = setup("auto").start();
                TlsTunnel tunnel = TlsTunnel.to(weir.port())) {
            try (RawClient client = RawClient.connect(tunnel.endpoint(), Accounts.APP)) {
                client.run("BEGIN");
                var _ = weir.pooler().shutdown(ShutdownMode.WAIT_FOR_CLIENTS);
                try (RawClient late = RawClient.open(weir.unix())) {
                    assertThat(late.tryLogin(Accounts.APP).getLast().text()).isEqualTo("pooler is shutting down");
                }
                client.run("COMMIT");
                assertThat(client.value("SELECT 'still served'")).isEqualTo("still served");
                assertThat(weir.pooler().termination().toCompletableFuture()).isNotDone();
            }
            await().atMost(PATIENCE)
                    .until(() ->
                            weir.pooler().termination().toCompletableFuture().isDone());
        }
    }

    @Test
    void aShutdownThatWaitsForServersLetsATransactionEnd() {
        try (WeirFixture weir = setup("auto").start();
                TlsTunnel tunnel = TlsTunnel.to(weir.port());
                RawClient busy = RawClient.connect(tunnel.endpoint(), Accounts.APP)) {
            busy.run("BEGIN");
            var _ = weir.pooler().shutdown(ShutdownMode.WAIT_FOR_SERVERS);
            assertThat(busy.value("SELECT 'still served'")).isEqualTo("still served");
            busy.send(Frontend.query("COMMIT"));
            assertThat(busy.readUntilReady().getFirst().tag()).isEqualTo("COMMIT");
            await().atMost(PATIENCE)
                    .until(() ->
                            weir.pooler().termination().toCompletableFuture().isDone());
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = ShutdownMode.class,
            names = {"IMMEDIATE"})
    void aShutdownAtOnceEndsTlsProperlyToo(ShutdownMode mode) throws IOException {
        try (WeirFixture weir = setup("auto").start();
                Encrypted client = new Encrypted(weir)) {
            var _ = weir.pooler().shutdown(mode);
            client.assertEndsProperly();
        }
    }

    @Test
    void whoeverIsBehindALoadBalancerKeepsItsAddressUnderTls() {
        byte[] header = "PROXY TCP4 192.0.2.7 10.0.0.1 56324 6432\r\n".getBytes(StandardCharsets.US_ASCII);
        try (WeirFixture weir = setup("auto")
                        .set("proxy_protocol_networks", "127.0.0.0/8")
                        .start();
                TlsTunnel asking = TlsTunnel.to(weir.port()).greeting(header);
                TlsTunnel direct = TlsTunnel.to(weir.port()).greeting(header).direct(true);
                RawClient console = RawClient.connect(weir.unix(), WeirFixture.ADMIN);
                RawClient one = RawClient.connect(asking.endpoint(), Accounts.APP);
                RawClient two = RawClient.connect(direct.endpoint(), Accounts.APP)) {
            assertThat(one.value("SELECT 1")).isEqualTo("1");
            assertThat(two.value("SELECT 1")).isEqualTo("1");
            assertThat(Shown.rows(console, "SHOW CLIENTS"))
                    .filteredOn(row -> row.get("database").equals(Accounts.DATABASE))
                    .hasSize(2)
                    .allSatisfy(row -> assertThat(row)
                            .containsEntry("addr", "192.0.2.7")
                            .containsEntry("port", "56324")
                            .hasEntrySatisfying("tls", tls -> assertThat(tls).startsWith("TLSv1.3/")));
        }
    }
}
