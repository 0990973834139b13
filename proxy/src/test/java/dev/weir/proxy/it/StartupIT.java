package dev.weir.proxy.it;

import static dev.weir.proxy.testkit.Frontend.PROTOCOL_3_0;
import static dev.weir.proxy.testkit.Frontend.PROTOCOL_3_2;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.testkit.Accounts;
import dev.weir.proxy.testkit.Delivery;
import dev.weir.proxy.testkit.Endpoint;
import dev.weir.proxy.testkit.Frontend;
import dev.weir.proxy.testkit.LeakGuard;
import dev.weir.proxy.testkit.Login;
import dev.weir.proxy.testkit.Message;
import dev.weir.proxy.testkit.RawClient;
import dev.weir.proxy.testkit.TestPostgres;
import dev.weir.proxy.testkit.WeirFixture;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// From the first byte to the first ReadyForQuery.
@ExtendWith(LeakGuard.class)
class StartupIT {
    private static final int PROTOCOL_3_9 = (3 << 16) | 9;

    private static WeirFixture weir;

    @BeforeAll
    static void start() {
        weir = WeirFixture.over(TestPostgres.shared()).start();
    }

    @AfterAll
    static void stop() {
        weir.close();
    }

    @Test
    void reportsTheParametersThatPostgresReports() {
        Login login = Accounts.APP.with("application_name", "lookout").with("DateStyle", "German");
        assertThat(reported(weir.tcp(), login))
                .isEqualTo(reported(TestPostgres.shared().tcp(), login));
    }

    private static Map<String, String> reported(Endpoint endpoint, Login login) {
        try (RawClient client = RawClient.connect(endpoint, login)) {
            // The server's own spelling of what the client asked for may come with the first answer.
            client.run("SELECT 1");
            return new TreeMap<>(client.parameters());
        }
    }

    @Test
    void takesALoginDeliveredByteByByte() {
        for (Login login : List.of(Accounts.APP, Accounts.MD5)) {
            try (RawClient client = RawClient.open(weir.tcp())) {
                client.delivery(Delivery.byteByByte());
                client.login(login);
                assertThat(client.value("SELECT current_user")).isEqualTo(login.user());
            }
        }
    }

    @Test
    void refusesEncryptionThatIsNotSetUpAndGoesOnInClear() {
        try (RawClient client = RawClient.open(weir.tcp())) {
            client.send(Frontend.sslRequest());
            assertThat(client.wire().readByte()).isEqualTo('N');
            client.send(Frontend.gssEncRequest());
            assertThat(client.wire().readByte()).isEqualTo('N');
            client.login(Accounts.APP);
            assertThat(client.value("SELECT 1")).isEqualTo("1");
        }
    }

    @Test
    void oldClientsGetAKeyOfFourBytesAndNewOnesALongerOne() {
        try (RawClient old = weir.connect(Accounts.APP);
                RawClient young = weir.connect(Accounts.APP.protocol(PROTOCOL_3_2))) {
            assertThat(old.backendKeyData()).hasSize(8);
            assertThat(young.backendKeyData()).hasSizeBetween(9, 4 + 256);
        }
    }

    @Test
    void newerMinorVersionsAreNegotiatedDown() {
        try (RawClient client = RawClient.open(weir.tcp())) {
            List<Message> welcome = client.login(Accounts.APP.protocol(PROTOCOL_3_9));
            Message negotiation = negotiation(welcome);
            assertThat(ByteBuffer.wrap(negotiation.body()).getInt()).isEqualTo(PROTOCOL_3_2);
            assertThat(ByteBuffer.wrap(negotiation.body()).getInt(4)).isZero();
            assertThat(client.backendKeyData()).hasSizeGreaterThan(8);
        }
    }

    @Test
    void unknownProtocolOptionsAreNamedAndTheLoginGoesOn() {
        try (RawClient client = RawClient.open(weir.tcp())) {
            List<Message> welcome =
                    client.login(Accounts.APP.with("_pq_.command_tags", "on").with("_pq_.other", "1"));
            ByteBuffer body = ByteBuffer.wrap(negotiation(welcome).body());
            assertThat(body.getInt()).isEqualTo(PROTOCOL_3_0);
            assertThat(body.getInt()).isEqualTo(2);
            assertThat(new String(body.array(), 8, body.remaining(), java.nio.charset.StandardCharsets.UTF_8))
                    .isEqualTo("_pq_.command_tags\0_pq_.other\0");
        }
    }

    private static Message negotiation(List<Message> welcome) {
        return welcome.stream()
                .filter(message -> message.type() == 'v')
                .findFirst()
                .orElseThrow(() -> new AssertionError("no NegotiateProtocolVersion in " + welcome));
    }

    @Test
    void theDatabaseIsNamedAfterTheUserIfNoneIsGiven() {
        try (RawClient client = RawClient.open(weir.tcp())) {
            client.send(Frontend.startup(PROTOCOL_3_0, Map.of("user", "app")));
            client.authenticate(Accounts.APP);
            assertThat(client.value("SELECT current_database()")).isEqualTo("app");
        }
    }

    @Test
    void aClientThatLeavesBeforeItSaysAnythingIsNoTrouble() {
        List<RawClient> silent = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            silent.add(RawClient.open(weir.tcp()));
        }
        silent.forEach(RawClient::vanish);
        try (RawClient client = weir.connect(Accounts.APP)) {
            assertThat(client.value("SELECT 1")).isEqualTo("1");
        }
    }

    @Test
    void aSlowLoginIsEndedByClientLoginTimeout() {
        try (WeirFixture impatient = WeirFixture.over(TestPostgres.shared())
                        .set("client_login_timeout", "0.3")
                        .start();
                RawClient silent = RawClient.open(impatient.tcp());
                RawClient half = RawClient.open(impatient.tcp());
                RawClient withoutPassword = RawClient.open(impatient.tcp())) {
            half.send(new byte[] {0, 0, 0});
            withoutPassword.send(Frontend.startup(PROTOCOL_3_0, Map.of("user", "app", "database", Accounts.DATABASE)));
            withoutPassword.expect("R");
            for (RawClient client : List.of(silent, half, withoutPassword)) {
                client.deadline(Duration.ofSeconds(10));
                assertThat(client.expectFatal().text()).contains("client_login_timeout");
            }
        }
    }
}
