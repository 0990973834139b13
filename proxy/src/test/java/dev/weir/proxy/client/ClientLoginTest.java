package dev.weir.proxy.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.cancel.CancelKey;
import dev.weir.proxy.cancel.CancelTarget;
import dev.weir.proxy.net.Listener;
import dev.weir.proxy.net.Worker;
import dev.weir.proxy.testkit.Frontend;
import dev.weir.proxy.testkit.LogLines;
import dev.weir.proxy.testkit.Message;
import dev.weir.proxy.wire.SqlState;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ClientLoginTest {

    private static final String TRUST = """
        auth_type = trust
        [databases]
        db = host=127.0.0.1
        """;
    private static final String PLAIN = TRUST.replace("trust", "plain");

    private static final String SCRAM_USER = "\"user\" \"SCRAM-SHA-256$4096:AAAAAAAAAAAAAAAAAAAAAA==$" + "A".repeat(43)
            + "=:" + "A".repeat(43) + "=\"\n";

    private static final String WELCOME = "RSKZ";

    private static Message authentication(ClientConversation client) {
        List<Message> messages = client.messages();
        assertThat(messages).hasSize(1);
        assertThat(messages.getFirst().type()).isEqualTo('R');
        return messages.getFirst();
    }

    @Test
    void isWelcomedAsSoonAsAServerHasTold() {
        try (ClientConversation client = new ClientConversation(TRUST)) {
            assertThat(client.clients.loggingIn()).isEqualTo(1);
            client.send(ClientConversation.STARTUP);
            assertThat(client.received()).isEmpty();
            assertThat(client.pools.backends).hasSize(1);

            client.letIn();

            assertThat(client.types()).isEqualTo(WELCOME);
            assertThat(client.clients.loggingIn()).isZero();
            assertThat(client.clients.connections()).isEqualTo(1);
            assertThat(client.clients.sessions(client.worker())).hasSize(1);
            assertThat(client.pools.pool("db", "user").clients()).hasValue(1);
        }
    }

    @Test
    void aLoginInPiecesIsNoOther() {
        try (ClientConversation client = new ClientConversation(PLAIN)) {
            client.sendSlowly(ClientConversation.STARTUP);
            assertThat(authentication(client).body()).containsExactly(0, 0, 0, 3);

            client.sendSlowly(ClientConversation.password("secret"));
            client.letIn();

            assertThat(client.types()).isEqualTo(WELCOME);
        }
    }

    @Test
    void whatIsSentAheadIsKeptForTheSession() {
        try (ClientConversation client = new ClientConversation(PLAIN)) {
            client.send(
                    ClientConversation.STARTUP,
                    ClientConversation.password("secret"),
                    Frontend.query("SELECT 'early'"));

            client.pools.backends.getFirst().letIn();
            client.pools.run();

            assertThat(client.pools.backends.getFirst().sent()).isEmpty();
            assertThat(client.types()).isEqualTo("R" + WELCOME);
            assertThat(client.clients
                            .sessions(client.worker())
                            .iterator()
                            .next()
                            .clock()
                            .isQueryRunning())
                    .isTrue();
        }
    }

    @Test
    void nobodySendsMuchAhead() {
        try (ClientConversation client = new ClientConversation(TRUST)) {
            client.send(ClientConversation.STARTUP);
            client.send(new byte[16_384]);
            assertThat(client.isOpen()).isTrue();

            client.send(new byte[10]);

            assertThat(client.lastError().sqlState()).isEqualTo("08P01");
            assertThat(client.isOpen()).isFalse();
            client.assertNobodyIsLeft();
        }
    }

    @Test
    void aWrongPasswordIsRefused() {
        try (ClientConversation client = new ClientConversation(PLAIN)) {
            client.send(ClientConversation.STARTUP, ClientConversation.password("wrong"));

            assertThat(client.lastError().sqlState()).isEqualTo("28P01");
            assertThat(client.isOpen()).isFalse();
            assertThat(client.pools.backends).isEmpty();
            client.assertNobodyIsLeft();
        }
    }

    /** The log from the connection's id on, without that. */
    private static List<String> log(LogLines lines) {
        return lines.lines().stream()
                .map(line -> line.replaceFirst("C-0x[0-9a-f]+: ", "").replaceFirst("age=[0-9]+s", "age"))
                .toList();
    }

    @Test
    void theLogTellsOfEveryLoginAndOfItsEnd() {
        try (LogLines lines = LogLines.of(ClientServices.class);
                ClientConversation client = new ClientConversation(PLAIN)) {
            client.send(ClientConversation.STARTUP, ClientConversation.password("wrong"));

            assertThat(log(lines))
                    .containsExactly(
                            "INFO db/user@" + client.address()
                                    + " login attempt: db=db user=user tls=no replication=none",
                            "INFO db/user@" + client.address() + " closing because: password authentication failed"
                                    + " for user \"user\" (age)",
                            "WARN db/user@" + client.address() + " pooler error: wrong password");
        }
    }

    @Test
    void theLogSpeaksPgBouncersWordsWhereTheyAreLookedFor() {
        try (LogLines lines = LogLines.of(ClientServices.class);
                ClientConversation client = new ClientConversation("compatibility = pgbouncer\n" + PLAIN)) {
            client.send(ClientConversation.STARTUP, ClientConversation.password("wrong"));

            assertThat(log(lines))
                    .endsWith(
                            "INFO db/user@" + client.address()
                                    + " closing because: password authentication failed (age)",
                            "WARN db/user@" + client.address() + " pooler error: password authentication failed",
                            "INFO db/user@" + client.address() + " login failed: db=db user=user: wrong password");
        }
    }

    @Test
    void theLogTellsOfWhoLeavesDuringTheLoginButNotOfWhoNeverSaidAnything() {
        try (LogLines lines = LogLines.of(ClientServices.class);
                ClientConversation silent = new ClientConversation(PLAIN);
                ClientConversation client = new ClientConversation(PLAIN)) {
            silent.hangUp();
            assertThat(log(lines)).isEmpty();

            client.send(ClientConversation.STARTUP);
            client.hangUp();
            assertThat(log(lines).getLast())
                    .isEqualTo("INFO db/user@" + client.address() + " closing because: client unexpected eof (age)");
        }
    }

    @Test
    void theLogTellsOfTheEndOfAConsole() {
        try (LogLines lines = LogLines.of(ClientServices.class);
                ClientConversation client =
                        new ClientConversation(TRUST, ClientConversation.USERS, Listener.Kind.CONSOLE)) {
            client.send(ClientConversation.startup(Map.of("user", "boss", "database", "pgbouncer")));
            client.hangUp();
            assertThat(log(lines))
                    .containsExactly(
                            "INFO pgbouncer/boss@" + client.address()
                                    + " login attempt: db=pgbouncer user=boss tls=no replication=none",
                            "INFO pgbouncer/boss@" + client.address() + " closing because: client close request (age)");
        }
    }

    @Test
    void computingGoesOnElsewhereAndMayComeTooLate() {
        for (boolean gone : new boolean[] {false, true}) {
            try (ClientConversation client = new ClientConversation(PLAIN, SCRAM_USER, Listener.Kind.CLIENTS)) {
                client.send(ClientConversation.STARTUP, ClientConversation.password("wrong"));
                assertThat(client.derivations).hasSize(1);
                assertThat(client.types()).isEqualTo("R");

                if (gone) {
                    client.hangUp();
                }
                client.runDerivations();

                assertThat(client.types()).isEqualTo(gone ? "" : "E");
                assertThat(client.isOpen()).isFalse();
            }
        }
    }

    @Test
    void encryptionIsDeclinedAndTheLoginGoesOn() {
        try (ClientConversation client = new ClientConversation(TRUST)) {
            client.send(Frontend.sslRequest());
            assertThat(client.received()).containsExactly('N');
            client.send(Frontend.gssEncRequest());
            assertThat(client.received()).containsExactly('N');
            client.send(ClientConversation.STARTUP);
            client.letIn();

            assertThat(client.types()).isEqualTo(WELCOME);
        }
    }

    @Test
    void nothingMayStandBehindARequestForEncryption() {
        try (ClientConversation client = new ClientConversation(TRUST)) {
            client.send(Frontend.sslRequest(), ClientConversation.STARTUP);

            assertThat(client.lastError().sqlState()).isEqualTo("08P01");
            client.assertNobodyIsLeft();
        }
    }

    @Test
    void newerProtocolsAreNegotiatedBeforeAnythingElse() {
        try (ClientConversation client = new ClientConversation(TRUST)) {
            client.send(Frontend.startup(3 << 16 | 9, Map.of("user", "user", "database", "db", "_pq_.x", "1")));
            client.letIn();

            List<Message> welcome = client.messages();
            assertThat(welcome.getFirst().type()).isEqualTo('v');
            assertThat(welcome.stream().filter(message -> message.type() == 'K'))
                    .allSatisfy(key -> assertThat(key.body()).hasSize(4 + 32));
        }
    }

    @Test
    void anUnknownDatabaseIsToldBehindThePasswordOnly() {
        try (ClientConversation client = new ClientConversation(PLAIN)) {
            client.send(ClientConversation.startup(Map.of("user", "user", "database", "nowhere")));
            authentication(client);

            client.send(ClientConversation.password("secret"));

            assertThat(client.lastError().sqlState()).isEqualTo("3D000");
            client.assertNobodyIsLeft();
        }
    }

    @Test
    void aDisabledDatabaseLetsNobodyIn() {
        try (ClientConversation client = new ClientConversation(TRUST)) {
            client.pools.pool("db", "user").database().setDisabled(true);
            client.send(ClientConversation.STARTUP);

            assertThat(client.lastError().text()).contains("disabled");
            client.assertNobodyIsLeft();
        }
    }

    @Test
    void replicationIsAskedForByABooleanOrByTheWordDatabase() {
        try (ClientConversation client = new ClientConversation(TRUST)) {
            client.send(ClientConversation.startup(Map.of("user", "user", "database", "db", "replication", "maybe")));

            Message error = client.lastError();
            assertThat(error.sqlState()).isEqualTo("22023");
            assertThat(error.text()).contains("invalid value for parameter \"replication\": \"maybe\"");
            client.assertNobodyIsLeft();
        }
    }

    @Test
    void anybodyNeedsARoleToBe() {
        try (ClientConversation client = new ClientConversation(TRUST.replace("trust", "any"))) {
            client.send(ClientConversation.STARTUP);

            assertThat(client.lastError().text()).isEqualTo("bouncer config error");
            client.assertNobodyIsLeft();
        }
    }

    @Test
    void nobodyIsLetInWhileThePoolerEnds() {
        try (ClientConversation client = new ClientConversation(TRUST)) {
            client.services.close();
            client.send(ClientConversation.STARTUP);

            assertThat(client.lastError().text()).isEqualTo("pooler is shutting down");
            client.assertNobodyIsLeft();
        }
    }

    @Test
    void whyPostgresLetsNobodyInIsToldInItsWords() {
        try (ClientConversation client = new ClientConversation(TRUST)) {
            client.send(ClientConversation.STARTUP);

            client.pools.backends.getFirst().refuse(SqlState.INVALID_PASSWORD, "no such role");

            Message error = client.lastError();
            assertThat(error.severity()).isEqualTo("FATAL");
            assertThat(error.text()).isEqualTo("no such role");
            client.assertNobodyIsLeft();
        }
    }

    @Test
    void whoLeavesBeforeTheWelcomeLeavesNothingBehind() {
        try (ClientConversation client = new ClientConversation(TRUST)) {
            client.send(ClientConversation.STARTUP, Frontend.query("SELECT 1"));

            client.hangUp();
            client.assertNobodyIsLeft();
            client.letIn();

            assertThat(client.clients.sessions(client.worker())).isEmpty();
            assertThat(client.received()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whoTakesTooLongHearsWhetherItIsTheServersFault(boolean serversFault) {
        try (ClientConversation client = new ClientConversation("client_login_timeout = 0.05\n" + PLAIN)) {
            if (serversFault) {
                client.send(ClientConversation.STARTUP, ClientConversation.password("secret"));
            }
            Awaitility.await("end").pollInterval(Duration.ofMillis(5)).until(() -> {
                client.pools.advance(100);
                return !client.isOpen();
            });

            Message error = client.lastError();
            assertThat(error.text())
                    .contains("client_login_timeout")
                    .matches(serversFault ? ".*server down.*" : "(?!.*server down).*");
            assertThat(error.fields().containsKey('D')).isEqualTo(serversFault);
            client.assertNobodyIsLeft();
        }
    }

    @Test
    void whatArrivesBehindTheEndIsThrownAway() {
        try (ClientConversation client = new ClientConversation(TRUST)) {
            client.send(new byte[] {0, 0, 0, 1});
            assertThat(client.lastError().sqlState()).isEqualTo("08P01");

            client.send(ClientConversation.STARTUP);

            assertThat(client.received()).isEmpty();
        }
    }

    // ---- cancel requests ----

    @Test
    void aCancelRequestOfNobodysKeyIsClosed() {
        try (ClientConversation client = new ClientConversation(TRUST)) {
            client.send(Frontend.cancelRequest(new byte[8]));

            assertThat(client.isOpen()).isFalse();
            assertThat(client.received()).isEmpty();
            client.assertNobodyIsLeft();
        }
    }

    @Test
    void aCancelRequestStaysOpenUntilItIsDelivered() {
        try (ClientConversation client = new ClientConversation(TRUST)) {
            CancelKey key = client.cancelKeys.create(0);
            AtomicReference<Runnable> delivered = new AtomicReference<>();
            client.cancelKeys.add(new CancelTarget() {
                @Override
                public CancelKey cancelKey() {
                    return key;
                }

                @Override
                public Worker worker() {
                    return client.worker();
                }

                @Override
                public void onCancelRequest(Runnable done) {
                    delivered.set(done);
                }
            });

            client.send(Frontend.cancelRequest(Frontend.concat(Frontend.int32(key.pid()), key.secret())));

            assertThat(delivered.get()).isNotNull();
            assertThat(client.isOpen()).isTrue();
            client.assertNobodyIsLeft();
            delivered.get().run();
            assertThat(client.isOpen()).isFalse();
        }
    }

    // ---- console ----

    @Test
    void theConsoleIsForThoseWhoHaveARankThere() {
        try (ClientConversation client = new ClientConversation(TRUST)) {
            client.send(ClientConversation.startup(Map.of("user", "user", "database", "pgbouncer")));

            assertThat(client.lastError().text()).isEqualTo("not allowed");
            assertThat(client.console.entered).isEmpty();
        }
    }

    @Test
    void theConsoleHearsWhatWasSentAhead() {
        try (ClientConversation client = new ClientConversation(PLAIN)) {
            client.send(
                    ClientConversation.startup(Map.of("user", "boss", "database", "pgbouncer")),
                    ClientConversation.password("secret"),
                    Frontend.query("SHOW POOLS"));

            assertThat(client.console.entered).containsExactly("boss ADMIN");
            assertThat(client.console.heard.toString()).contains("SHOW POOLS");
            assertThat(client.clients.consoles()).isEqualTo(1);
            assertThat(client.clients.connections()).isZero();
            client.hangUp();
            client.assertNobodyIsLeft();
        }
    }

    @Test
    void onItsOwnListenerThereIsNothingButTheConsole() {
        try (ClientConversation client =
                new ClientConversation(TRUST, ClientConversation.USERS, Listener.Kind.CONSOLE)) {
            client.send(ClientConversation.startup(Map.of("user", "boss", "database", "db")));

            assertThat(client.console.entered).containsExactly("boss ADMIN");
            assertThat(client.pools.backends).isEmpty();
        }
    }
}
