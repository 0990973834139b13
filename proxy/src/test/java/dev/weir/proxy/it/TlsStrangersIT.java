package dev.weir.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.testkit.Accounts;
import dev.weir.proxy.testkit.Certificates;
import dev.weir.proxy.testkit.Certificates.PemFiles;
import dev.weir.proxy.testkit.Delivery;
import dev.weir.proxy.testkit.Frontend;
import dev.weir.proxy.testkit.LeakGuard;
import dev.weir.proxy.testkit.LogLines;
import dev.weir.proxy.testkit.Message;
import dev.weir.proxy.testkit.RawClient;
import dev.weir.proxy.testkit.TestPostgres;
import dev.weir.proxy.testkit.TlsTunnel;
import dev.weir.proxy.testkit.WeirFixture;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What comes where a TLS handshake is expected: in pieces, wrong, too much, or not at all.
@ExtendWith(LeakGuard.class)
class TlsStrangersIT {
    private static final int HANDSHAKE = 0x16;
    private static final int ALERT = 0x15;
    private static final int NO_APPLICATION_PROTOCOL = 120;

    private static WeirFixture weir;

    @BeforeAll
    static void start() {
        PemFiles files = Certificates.write(
                Certificates.directory(),
                "server",
                Certificates.issued(Certificates.server(), Certificates.authority("authority")));
        weir = WeirFixture.over(TestPostgres.shared())
                .set("client_tls_sslmode", "require")
                .set("client_tls_key_file", files.key().toString())
                .set("client_tls_cert_file", files.chain().toString())
                .set("client_login_timeout", "3")
                .start();
    }

    @AfterAll
    static void stop() {
        weir.close();
    }

    private static byte[] clientHello(String... protocols) throws SSLException {
        SSLEngine engine = TlsTunnel.context(null).createSSLEngine("localhost", 1);
        engine.setUseClientMode(true);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setApplicationProtocols(protocols);
        engine.setSSLParameters(parameters);
        engine.beginHandshake();
        ByteBuffer out = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        engine.wrap(ByteBuffer.allocate(0), out);
        return Arrays.copyOf(out.array(), out.position());
    }

    private static void request(RawClient client) {
        client.send(Frontend.sslRequest());
        assertThat(client.wire().readByte()).isEqualTo('S');
    }

    private static void assertOthersAreServed() {
        try (RawClient client = RawClient.connect(weir.unix(), Accounts.APP)) {
            assertThat(client.value("SELECT 1")).isEqualTo("1");
        }
    }

    @Test
    void bytesBehindTheRequestAreRefused() throws Exception {
        try (RawClient client = RawClient.open(weir.tcp())) {
            client.send(Frontend.concat(Frontend.sslRequest(), Accounts.APP.startupMessage()));
            assertThat(client.expectFatal().text()).isEqualTo("received unencrypted data after SSL request");
        }
        try (RawClient client = RawClient.open(weir.tcp())) {
            client.send(Frontend.concat(Frontend.sslRequest(), clientHello("postgresql")));
            assertThat(client.expectFatal().text()).isEqualTo("received unencrypted data after SSL request");
        }
        try (RawClient client = RawClient.open(weir.tcp())) {
            client.send(Frontend.concat(Frontend.gssEncRequest(), Frontend.sslRequest()));
            assertThat(client.expectFatal().text())
                    .isEqualTo("received unencrypted data after GSSAPI encryption request");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aClientHelloMayComeByteByByte(boolean asked) throws Exception {
        try (RawClient client = RawClient.open(weir.tcp())) {
            client.delivery(Delivery.byteByByte());
            if (asked) {
                request(client);
            }
            client.send(clientHello("postgresql"));
            assertThat(client.wire().readByte()).isEqualTo((char) HANDSHAKE);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"http/1.1", ""})
    void directTlsMustNameTheProtocol(String protocol) throws Exception {
        assertRefused(false, protocol.isEmpty() ? new String[0] : new String[] {protocol});
    }

    @Test
    void anotherProtocolIsRefusedBehindARequestToo() throws Exception {
        assertRefused(true, "http/1.1", "h2");
    }

    private static void assertRefused(boolean asked, String... protocols) throws Exception {
        try (RawClient client = RawClient.open(weir.tcp())) {
            if (asked) {
                request(client);
            }
            client.send(clientHello(protocols));
            byte[] alert = client.wire().readToEnd();
            assertThat(alert).hasSize(7);
            assertThat(alert[0]).isEqualTo((byte) ALERT);
            assertThat(alert[6]).isEqualTo((byte) NO_APPLICATION_PROTOCOL);
        }
        assertOthersAreServed();
    }

    @Test
    void behindARequestTheProtocolNeedNotBeNamed() throws Exception {
        try (RawClient client = RawClient.open(weir.tcp())) {
            request(client);
            client.send(clientHello());
            assertThat(client.wire().readByte()).isEqualTo((char) HANDSHAKE);
        }
    }

    @Test
    void whatIsNoHandshakeClosesThatConnectionWithOneLine() {
        try (LogLines log = LogLines.of("dev.weir.proxy.client.ClientServices");
                RawClient client = RawClient.open(weir.tcp())) {
            request(client);
            client.send("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            client.wire().readToEnd();
            String own = "@127.0.0.1:" + client.localPort() + " "; // others may be late with theirs
            Awaitility.await("line").until(() -> log.lines().stream().anyMatch(line -> line.contains(own)));
            assertOthersAreServed();
            assertThat(log.lines().stream().filter(line -> line.contains(own)))
                    .singleElement()
                    .asString()
                    .contains("closing because: TLS handshake failed: ");
        }
    }

    @Test
    void aHandshakeThatNeverEndsRunsIntoTheTimeoutOfTheLogin() {
        try (LogLines log = LogLines.of("dev.weir.proxy.client.ClientServices");
                RawClient client = RawClient.open(weir.tcp())) {
            request(client);
            assertThat(client.wire().readToEnd()).isEmpty();
            assertThat(log.lines().toString()).contains("closing because: ").contains("client_login_timeout");
        }
    }

    @Test
    void moreThanAHandshakeTakesIsNotKept() throws Exception {
        try (RawClient client = RawClient.open(weir.tcp())) {
            request(client);
            client.send(clientHello("postgresql"));
            byte[] record = new byte[5 + 16_384];
            record[0] = HANDSHAKE;
            record[1] = 3;
            record[2] = 3;
            record[3] = 0x40;
            for (int i = 0; i < 100; i++) {
                client.sendIfOpen(record);
            }
            client.wire().readToEnd();
        }
        assertOthersAreServed();
    }

    @Test
    void aRequestForEncryptionIsRefusedWhereThereIsSomeAlready() {
        try (TlsTunnel tunnel = TlsTunnel.to(weir.port())) {
            for (byte[] request : List.of(Frontend.sslRequest(), Frontend.gssEncRequest())) {
                try (RawClient client = RawClient.open(tunnel.endpoint())) {
                    client.send(request);
                    assertThat(client.expectFatal().text()).isEqualTo("SSL req inside SSL");
                }
            }
        }
    }

    @Test
    void whoBelievesThatNoLoginCanBeBoundIsTold() {
        byte[] first = "y,,n=,r=abcdefghijklmnopqrstuvwx".getBytes(StandardCharsets.US_ASCII);
        try (TlsTunnel tunnel = TlsTunnel.to(weir.port());
                RawClient client = RawClient.open(tunnel.endpoint())) {
            client.send(Accounts.APP.startupMessage());
            Message request = client.read();
            assertThat(new String(request.body(), StandardCharsets.ISO_8859_1))
                    .contains("SCRAM-SHA-256-PLUS\0SCRAM-SHA-256\0");
            client.send(Frontend.message('p', Frontend.cString("SCRAM-SHA-256"), Frontend.int32(first.length), first));
            Message refused = client.expectFatal();
            assertThat(refused.sqlState()).isEqualTo("28000");
            assertThat(refused.text()).isEqualTo("SCRAM channel binding negotiation error");
        }
    }

    @Test
    void aLoginBoundToAnotherCertificateFails() {
        byte[] first = "p=tls-server-end-point,,n=,r=abcdefghijklmnopqrstuvwx".getBytes(StandardCharsets.US_ASCII);
        try (TlsTunnel tunnel = TlsTunnel.to(weir.port());
                RawClient client = RawClient.open(tunnel.endpoint())) {
            client.send(Accounts.APP.startupMessage());
            client.read();
            client.send(
                    Frontend.message('p', Frontend.cString("SCRAM-SHA-256-PLUS"), Frontend.int32(first.length), first));
            String serverFirst = new String(client.read().body(), 4, 60, StandardCharsets.US_ASCII);
            String nonce = serverFirst.substring(serverFirst.indexOf("r=") + 2, serverFirst.indexOf(','));
            byte[] bound =
                    Frontend.concat("p=tls-server-end-point,,".getBytes(StandardCharsets.US_ASCII), new byte[32]);
            String last = "c=" + Base64.getEncoder().encodeToString(bound) + ",r=" + nonce + ",p="
                    + Base64.getEncoder().encodeToString(new byte[32]);
            client.send(Frontend.password(last.getBytes(StandardCharsets.US_ASCII)));
            assertThat(client.expectFatal().text()).isEqualTo("SCRAM channel binding check failed");
        }
    }
}
