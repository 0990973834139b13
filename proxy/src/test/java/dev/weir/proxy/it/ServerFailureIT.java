package dev.weir.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.testkit.Accounts;
import dev.weir.proxy.testkit.FakePostgres;
import dev.weir.proxy.testkit.Frontend;
import dev.weir.proxy.testkit.LeakGuard;
import dev.weir.proxy.testkit.LinkFaults;
import dev.weir.proxy.testkit.LocalPostgres;
import dev.weir.proxy.testkit.Message;
import dev.weir.proxy.testkit.RawClient;
import dev.weir.proxy.testkit.TestPostgres;
import dev.weir.proxy.testkit.WeirFixture;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What clients notice when servers die, refuse, vanish or talk nonsense: as little as possible, and the truth.
@ExtendWith(LeakGuard.class)
class ServerFailureIT {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static LocalPostgres postgres;

    @BeforeAll
    static void start() {
        postgres = TestPostgres.start(18, Map.of());
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    @BeforeEach
    void running() {
        postgres.start();
    }

    private static WeirFixture.Setup setup() {
        return WeirFixture.over(postgres).set("server_login_retry", "0.1");
    }

    @Test
    void anIdleClientDoesNotNoticeARestart() {
        try (WeirFixture weir = setup().start();
                RawClient client = weir.connect(Accounts.APP)) {
            client.run("SELECT 1");
            postgres.restart();
            assertThat(client.value("SELECT 'after'")).isEqualTo("after");
        }
    }

    @Test
    void anIdleClientDoesNotNoticeACrash() {
        try (WeirFixture weir = setup().start();
                RawClient client = weir.connect(Accounts.APP)) {
            client.run("SELECT 1");
            postgres.kill();
            postgres.start();
            assertThat(client.value("SELECT 'after'")).isEqualTo("after");
        }
    }

    @Test
    void aClientInATransactionHearsTheFatalOfTheServerOnceAndVerbatim() {
        try (WeirFixture weir = setup().start();
                RawClient client = weir.connect(Accounts.APP)) {
            client.run("BEGIN");
            postgres.stop();
            List<Message> farewell = client.readToEnd();
            assertThat(farewell.stream().filter(message -> message.type() == 'E'))
                    .hasSize(1);
            assertThat(farewell.getLast().sqlState()).isEqualTo("57P01");
            assertThat(farewell.getLast().text()).contains("terminating connection due to administrator command");
        }
    }

    @Test
    void aWaitingClientIsServedAfterTheRestart() {
        try (WeirFixture weir = setup().start();
                RawClient client = weir.connect(Accounts.APP)) {
            client.run("SELECT 1");
            postgres.stop();
            client.send(Frontend.query("SELECT 'waited'"));
            weir.awaitPool("app", "app", "cl_waiting", "1");
            postgres.start();
            assertThat(client.readUntilReady().get(1).columns()).containsExactly("waited");
        }
    }

    @Test
    void killingABackendEndsItsClientAndTheOthersGoOn() {
        try (WeirFixture weir = setup().start();
                RawClient victim = weir.connect(Accounts.APP);
                RawClient idle = weir.connect(Accounts.APP)) {
            idle.run("SELECT 1");
            victim.run("BEGIN");
            long pid = Long.parseLong(victim.value("SELECT pg_backend_pid()"));
            postgres.killBackend(pid);
            assertThat(victim.expectFatal().sqlState()).startsWith("08");
            Awaitility.await("recovery").atMost(PATIENCE).until(postgres::accepts);
            assertThat(idle.value("SELECT 'alive'")).isEqualTo("alive");
        }
    }

    @Test
    void pgTerminateBackendOnAnIdleServerIsNotNoticed() {
        try (WeirFixture weir = setup().set("default_pool_size", "2").start();
                RawClient client = weir.connect(Accounts.APP)) {
            for (int i = 0; i < 10; i++) {
                String pid = client.value("SELECT pg_backend_pid()");
                try (RawClient root = postgres.superuser("postgres")) {
                    root.run("SELECT pg_terminate_backend(" + pid + ", 5000)");
                }
                assertThat(client.value("SELECT pg_backend_pid()")).isNotEqualTo(pid);
            }
        }
    }

    @Test
    void aCutLinkEndsTheQueryOnItAndNothingElse() {
        try (LinkFaults link = LinkFaults.to(postgres.port());
                WeirFixture weir = WeirFixture.overPort(link.port())
                        .set("server_login_retry", "0.1")
                        .start();
                RawClient busy = weir.connect(Accounts.APP);
                RawClient idle = weir.connect(Accounts.APP)) {
            busy.send(Frontend.query("SELECT pg_sleep(30)"));
            weir.awaitPool("app", "app", "sv_active", "1");
            link.cut();
            assertThat(busy.expectFatal().sqlState()).isEqualTo("08006");
            assertThat(idle.value("SELECT 1")).isEqualTo("1");
        }
    }

    @Test
    void anAnswerCutInTheMiddleOfARowEndsInNoInventedMessage() {
        try (LinkFaults link = LinkFaults.to(postgres.port());
                WeirFixture weir = WeirFixture.overPort(link.port())
                        .set("server_login_retry", "0.1")
                        .start()) {
            for (int bytes = 1_000; bytes < 1_000_000; bytes += 249_000) {
                try (RawClient client = weir.connect(Accounts.APP)) {
                    client.run("SELECT 1");
                    link.cutAfter(bytes);
                    client.send(Frontend.query("SELECT repeat('x', 1000000)"));
                    client.expect("T");
                    // The row was begun, so nothing else can be said: the rest is bytes of it and then the end.
                    long row = client.wire().readHead('D');
                    byte[] rest = client.wire().readToEnd();
                    assertThat(rest.length).isLessThan((int) row);
                    assertThat(new String(rest, 6, rest.length - 6, java.nio.charset.StandardCharsets.US_ASCII))
                            .matches("x*");
                }
            }
        }
    }

    @Test
    void aRefusingPortIsToldToClientsInTheEndAndTriedAgain() {
        try (LinkFaults link = LinkFaults.to(postgres.port());
                WeirFixture weir = WeirFixture.overPort(link.port())
                        .set("server_login_retry", "0.1")
                        .set("client_login_timeout", "1")
                        .start()) {
            link.refuse();
            try (RawClient client = RawClient.open(weir.tcp())) {
                client.send(Frontend.startup(Frontend.PROTOCOL_3_0, Map.of("user", "app", "database", "app")));
                Message error = lastErrorOfLoginAndQuery(client);
                assertThat(error.sqlState()).matches("08...|57...|53...");
            }
            link.accept(true);
            Awaitility.await("server again").atMost(PATIENCE).until(() -> {
                try (RawClient client = RawClient.open(weir.tcp())) {
                    return client.tryLogin(Accounts.APP).getLast().type() == 'Z'
                            && client.query("SELECT 1").getFirst().type() == 'T';
                }
            });
        }
    }

    private static Message lastErrorOfLoginAndQuery(RawClient client) {
        client.deadline(PATIENCE);
        try {
            client.authenticate(Accounts.APP);
            client.send(Frontend.query("SELECT 1"));
        } catch (AssertionError refusedAtLogin) {
            assertThat(client.latest().getLast().type()).isEqualTo('E');
            return client.latest().getLast();
        }
        return client.expectFatal();
    }

    @Test
    void aHostThatCannotBeResolvedEndsTheLoginInAConnectionError() {
        try (WeirFixture weir = setup().database("app", "host=no-such-host.invalid port=5432")
                        .set("client_login_timeout", "1")
                        .start();
                RawClient client = RawClient.open(weir.tcp())) {
            client.send(Frontend.startup(Frontend.PROTOCOL_3_0, Map.of("user", "app", "database", "app")));
            Message error = lastErrorOfLoginAndQuery(client);
            assertThat(error.sqlState()).startsWith("08");
        }
    }

    @Test
    void aServerByNameIsReached() {
        try (WeirFixture weir = setup().database("app", "host=localhost port=" + postgres.port())
                        .start();
                RawClient client = weir.connect(Accounts.APP)) {
            assertThat(client.value("SELECT 1")).isEqualTo("1");
        }
    }

    @Test
    void aDeadHostAmongSeveralCostsItsShareOfAttemptsOnly() throws IOException {
        AtomicInteger attempts = new AtomicInteger();
        try (ServerSocket dead = new ServerSocket(postgres.port(), 50, InetAddress.getByName("127.0.0.9"));
                WeirFixture weir = setup().database("app", "host=127.0.0.9,127.0.0.1 port=" + postgres.port())
                        .set("server_login_retry", "15")
                        .set("server_lifetime", "0") // each query on a new connection
                        .start()) {
            Thread.ofVirtual().start(() -> refuse(dead, attempts));
            try (RawClient client = weir.connect(Accounts.APP)) {
                for (int i = 0; i < 40; i++) {
                    assertThat(client.value("SELECT 1")).isEqualTo("1");
                }
            }
            // Its pauses double from 50 ms, whatever the other host does.
            assertThat(attempts.get()).isBetween(1, 15);
        }
    }

    private static void refuse(ServerSocket listener, AtomicInteger attempts) {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                attempts.incrementAndGet();
                socket.close();
            } catch (IOException e) {
                // Closing the listener ends the loop.
            }
        }
    }

    @Test
    void aStalledServerIsGivenUpAfterServerConnectTimeout() {
        AtomicInteger tries = new AtomicInteger();
        try (FakePostgres silent = FakePostgres.start(session -> {
                    tries.incrementAndGet();
                    session.readStartup();
                    session.readToEnd();
                });
                WeirFixture weir = WeirFixture.overPort(silent.port())
                        .set("auth_type", "trust")
                        .set("server_connect_timeout", "0.3")
                        .set("server_login_retry", "0.1")
                        .start();
                RawClient client = RawClient.open(weir.tcp())) {
            client.send(Frontend.startup(Frontend.PROTOCOL_3_0, Map.of("user", "app", "database", "app")));
            Awaitility.await("the next attempts").atMost(PATIENCE).until(() -> tries.get() > 2);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"garbage", "negative length", "unknown type", "foreign answer", "half a message", "endless row"})
    void aServerThatTalksNonsenseIsDroppedWithItsClientOnly(String nonsense) {
        try (FakePostgres fake = FakePostgres.start(session -> {
                    session.welcome();
                    while (true) {
                        String sql = session.readQuery();
                        if (sql.contains("fail")) {
                            talk(nonsense, session);
                        } else {
                            session.oneRow("fine");
                            session.ready('I');
                        }
                    }
                });
                WeirFixture weir = WeirFixture.overPort(fake.port())
                        .set("default_pool_size", "2")
                        .set("server_login_retry", "0.1")
                        .set("query_timeout", "0.5")
                        .start();
                RawClient neighbour = weir.connect(Accounts.APP)) {
            assertThat(neighbour.value("SELECT 'x'")).isEqualTo("fine");
            RawClient victim = weir.connect(Accounts.APP);
            victim.send(Frontend.query("fail"));
            victim.deadline(PATIENCE);
            victim.wire().readToEnd();
            victim.hangUp();
            assertThat(neighbour.value("SELECT 'x'")).isEqualTo("fine");
        }
    }

    private static void talk(String nonsense, FakePostgres.Session session) throws IOException {
        switch (nonsense) {
            case "garbage" -> session.send(new byte[] {(byte) 0xff, 0x13, 0x37, 0x7f, 0x00, 0x01, 0x02});
            case "negative length" -> session.send(Frontend.lying('D', -7));
            case "unknown type" -> session.send(Frontend.message('~', new byte[4]));
            case "foreign answer" -> {
                session.send(Frontend.message('1'), Frontend.message('2'));
                session.ready('I');
            }
            case "half a message" -> session.send(Frontend.lying('D', 100, new byte[20]));
            case "endless row" -> session.send(Frontend.lying('D', Integer.MAX_VALUE, new byte[20]));
            default -> throw new IllegalArgumentException(nonsense);
        }
        if (!nonsense.equals("foreign answer")) {
            session.readToEnd();
        }
    }

    @Test
    void messagesOnAnIdleServerAreReadAtOnce() {
        AtomicInteger served = new AtomicInteger();
        Semaphore farewell = new Semaphore(0);
        try (FakePostgres fake = FakePostgres.start(session -> {
                    session.welcome();
                    session.readQuery();
                    served.incrementAndGet();
                    session.oneRow("from " + session.number());
                    session.ready('I');
                    farewell.acquireUninterruptibly();
                    session.error("FATAL", "57P01", "terminating connection due to administrator command");
                });
                WeirFixture weir = WeirFixture.overPort(fake.port())
                        .set("server_login_retry", "0.1")
                        .start();
                RawClient client = weir.connect(Accounts.APP)) {
            List<String> answers = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                answers.add(client.value("SELECT 'x'"));
                weir.awaitPool("app", "app", "sv_idle", "1");
                farewell.release();
                Awaitility.await("the dead server is gone")
                        .atMost(PATIENCE)
                        .until(() -> weir.pool("app", "app").getOrDefault("sv_idle", "0"), "0"::equals);
            }
            assertThat(answers).doesNotHaveDuplicates().hasSize(5);
            assertThat(served.get()).isEqualTo(5);
        }
    }

    @Test
    void allClientsOfAPoolHearWhyTheServerRefusesThem() {
        try (WeirFixture weir = setup().secret("app", "wrong-on-the-server").start()) {
            List<RawClient> clients = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                RawClient client = RawClient.open(weir.tcp());
                client.send(Frontend.startup(Frontend.PROTOCOL_3_0, Map.of("user", "app", "database", "app")));
                clients.add(client);
            }
            for (RawClient client : clients) {
                Message last = authenticateWith(client, "wrong-on-the-server");
                assertThat(last.sqlState()).isEqualTo("28P01");
                client.hangUp();
            }
        }
    }

    private static Message authenticateWith(RawClient client, String password) {
        try {
            client.authenticate(Accounts.APP.password(password));
        } catch (AssertionError refused) {
            return client.latest().getLast();
        }
        client.send(Frontend.query("SELECT 1"));
        return client.expectFatal();
    }
}
