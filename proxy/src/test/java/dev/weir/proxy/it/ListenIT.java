package dev.weir.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.testkit.Accounts;
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
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// LISTEN and NOTIFY of clients that share one server in transaction mode, on two event loops.
@ExtendWith(LeakGuard.class)
final class ListenIT {

    private static final Duration QUIET = Duration.ofMillis(150);
    /// Its column of SHOW DATABASES.
    private static final int CURRENT_CONNECTIONS = 12;

    private final TestPostgres postgres = TestPostgres.shared(18);

    @SuppressWarnings("NullAway.Init")
    private WeirFixture weir;

    @SuppressWarnings("NullAway.Init")
    private RawClient listener;

    @SuppressWarnings("NullAway.Init")
    private RawClient sender;

    @BeforeEach
    void start() {
        weir = WeirFixture.over(postgres)
                .set("pool_mode", "transaction")
                .set("default_pool_size", "1")
                .set("workers", "2")
                .start();
        listener = weir.connect(Accounts.APP);
        sender = weir.connect(Accounts.APP);
    }

    @AfterEach
    void stop() {
        listener.close();
        sender.close();
        weir.close();
    }

    /// A notification as the client reads it.
    record Note(String channel, String payload) {
        static Note of(Message message) {
            assertThat(message.type()).isEqualTo('A');
            ByteBuffer body = ByteBuffer.wrap(message.body()).position(4);
            return new Note(Message.cString(body), Message.cString(body));
        }
    }

    private static Note next(RawClient client) {
        return Note.of(client.read());
    }

    private static int pid(Message notification) {
        return ByteBuffer.wrap(notification.body()).getInt();
    }

    private static List<Note> notes(List<Message> answer) {
        return answer.stream()
                .filter(message -> message.type() == 'A')
                .map(Note::of)
                .toList();
    }

    private static String types(List<Message> answer) {
        StringBuilder types = new StringBuilder();
        answer.forEach(message -> types.append(message.type()));
        return types.toString();
    }

    @Test
    void aNotificationReachesAClientThatHasNoServer() {
        assertThat(types(listener.query("LISTEN news"))).isEqualTo("CZ");
        sender.run("NOTIFY news, 'one'");
        sender.run("SELECT pg_notify('news', 'two')");

        assertThat(next(listener)).isEqualTo(new Note("news", "one"));
        assertThat(next(listener)).isEqualTo(new Note("news", "two"));
        assertThat(sender.hasNews(QUIET)).isFalse();
    }

    @Test
    void everybodyHearsInTheOrderOfTheCommits() {
        listener.run("LISTEN a");
        sender.run("LISTEN b; LISTEN a");
        List<Note> heard = new ArrayList<>();
        List<Note> alsoHeard = new ArrayList<>();
        List<Note> expected = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            heard.addAll(notes(listener.query("NOTIFY a, 'l" + i + "'")));
            alsoHeard.addAll(notes(sender.query("NOTIFY a, 's" + i + "'")));
            expected.add(new Note("a", "l" + i));
            expected.add(new Note("a", "s" + i));
        }
        heard.addAll(notes(listener.query("SELECT 1")));
        alsoHeard.addAll(notes(sender.query("SELECT 1")));
        assertThat(heard).isEqualTo(expected);
        assertThat(alsoHeard).isEqualTo(expected);
    }

    @Test
    void onesOwnNotificationComesBeforeTheEndOfItsTransactionIsTold() {
        listener.run("LISTEN a");
        for (int i = 0; i < 20; i++) {
            List<Message> answer = listener.query("NOTIFY a, '" + i + "'");
            assertThat(types(answer)).isEqualTo("CAZ");
            assertThat(notes(answer)).containsExactly(new Note("a", String.valueOf(i)));
        }
        assertThat(types(listener.extended("SELECT pg_notify($1, $2)", "a", "x")))
                .isEqualTo("12TDCAZ");
        listener.run("BEGIN");
        assertThat(types(listener.query("NOTIFY a"))).isEqualTo("CZ");
        assertThat(types(listener.query("COMMIT"))).isEqualTo("CAZ");
    }

    @Test
    void aPipelineGetsItsOwnNotificationsInTheirPlaces() {
        listener.run("LISTEN a");

        listener.send(
                Frontend.unnamed("NOTIFY a, '1'"),
                Frontend.sync(),
                Frontend.unnamed("SELECT 1"),
                Frontend.sync(),
                Frontend.unnamed("NOTIFY a, '2'"),
                Frontend.sync());

        List<Message> answer = listener.readUntilReady(3);
        assertThat(notes(answer)).containsExactly(new Note("a", "1"), new Note("a", "2"));
        assertThat(types(answer)).startsWith("12nCAZ").endsWith("12nCAZ");
    }

    @Test
    void theNotifierIsNamedByThePidThatItWasTold() {
        listener.run("LISTEN a");
        sender.run("NOTIFY a");
        assertThat(pid(listener.read()))
                .isEqualTo(ByteBuffer.wrap(sender.backendKeyData()).getInt());
        Message own = listener.query("NOTIFY a").get(1);
        assertThat(pid(own))
                .isEqualTo(ByteBuffer.wrap(listener.backendKeyData()).getInt());
    }

    @Test
    void listenCountsFromTheCommitOn() {
        listener.run("BEGIN").run("LISTEN a");
        try (RawClient direct = RawClient.connect(postgres.tcp(), Accounts.APP)) {
            direct.run("NOTIFY a, 'too early'");
            assertThat(listener.hasNews(QUIET)).isFalse();
            listener.run("COMMIT");
            assertThat(listener.hasNews(QUIET)).isFalse();
            direct.run("NOTIFY a, 'x'");
            assertThat(next(listener)).isEqualTo(new Note("a", "x"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"BEGIN|LISTEN a|ROLLBACK", "BEGIN;LISTEN a|ROLLBACK", "BEGIN|LISTEN a|SELECT 1/0|COMMIT"})
    void aListenThatIsRolledBackDoesNotListen(String statements) {
        for (String sql : statements.split("\\|", -1)) {
            listener.query(sql);
        }
        assertThat(listener.transactionStatus()).isEqualTo('I');
        sender.run("NOTIFY a");
        assertThat(listener.hasNews(QUIET)).isFalse();
    }

    @Test
    void anUnlistenThatIsRolledBackListensOn() {
        listener.run("LISTEN a").run("BEGIN").run("UNLISTEN *").run("ROLLBACK");
        sender.run("NOTIFY a");
        assertThat(next(listener).channel()).isEqualTo("a");
        listener.run("BEGIN").run("UNLISTEN a").run("COMMIT");
        sender.run("NOTIFY a");
        assertThat(listener.hasNews(QUIET)).isFalse();
    }

    @ParameterizedTest
    @CsvSource(delimiterString = "=>", textBlock = """
        BEGIN|SAVEPOINT s|LISTEN a|ROLLBACK TO s|COMMIT                        => ''
        BEGIN|SAVEPOINT s|LISTEN a|RELEASE s|COMMIT                            => a
        BEGIN|LISTEN a|SAVEPOINT s|LISTEN b|ROLLBACK TO s|COMMIT               => a
        BEGIN|LISTEN a|SAVEPOINT s|LISTEN b|ROLLBACK                           => ''
        BEGIN|LISTEN a|SAVEPOINT s|SELECT 1/0|ROLLBACK TO s|LISTEN b|COMMIT    => ab
        BEGIN|LISTEN a|SAVEPOINT s|SELECT 1/0|COMMIT                           => ''
        BEGIN|LISTEN a|ROLLBACK AND CHAIN|COMMIT                               => ''
        BEGIN|LISTEN a|SAVEPOINT s|ROLLBACK AND CHAIN|LISTEN b|COMMIT          => b
        BEGIN|LISTEN a|COMMIT AND CHAIN|LISTEN b|ROLLBACK                      => a
        BEGIN|LISTEN a|ROLLBACK; BEGIN|LISTEN b|COMMIT                         => b
        LISTEN a|BEGIN|SAVEPOINT s|UNLISTEN a|ROLLBACK TO s|COMMIT             => a
        LISTEN a|BEGIN|SAVEPOINT s|UNLISTEN a|COMMIT                           => ''
        LISTEN a|BEGIN|SAVEPOINT s|UNLISTEN *|LISTEN b|COMMIT                  => b
        LISTEN a|BEGIN|SAVEPOINT s|UNLISTEN *|ROLLBACK TO s|LISTEN b|COMMIT    => ab
        BEGIN; SAVEPOINT s; LISTEN a; ROLLBACK TO s; COMMIT                    => ''
        SET work_mem = '3MB'; LISTEN a                                         => a
        LISTEN a; SELECT 1/0                                                   => ''
        LISTEN a; LISTEN b; SELECT ';'; UNLISTEN a                             => b
        LISTEN a|SELECT 1; UNLISTEN *                                          => ''
        LISTEN a|SELECT 1; UNLISTEN *; SELECT 1/0                              => a
        LISTEN a|SELECT pg_advisory_unlock_all(); CLOSE ALL; UNLISTEN *; RESET ALL => ''
        BEGIN; LISTEN a|LISTEN b; SELECT 1|COMMIT                              => ab
        BEGIN; LISTEN a|SELECT 1; LISTEN b|ROLLBACK                            => ''
        """)
    void whatIsListenedOnIsWhatPostgresWouldListenOn(String statements, String channels) {
        for (boolean extended : new boolean[] {false, true}) {
            for (String sql : statements.split("\\|", -1)) {
                if (extended && !sql.contains(";")) {
                    listener.extended(sql);
                } else {
                    listener.query(sql);
                }
            }
            assertThat(listener.transactionStatus()).isEqualTo('I');
            sender.run("NOTIFY a").run("NOTIFY b");
            StringBuilder heard = new StringBuilder();
            for (int i = 0; i < channels.length(); i++) {
                heard.append(next(listener).channel());
            }
            assertThat(heard).hasToString(channels);
            assertThat(listener.hasNews(QUIET)).isFalse();
            listener.run("UNLISTEN *");
            assertThat(serversListen()).isFalse();
        }
    }

    /// Whether a server of the pool listens itself. It is one server, and this client gets it.
    private boolean serversListen() {
        return !sender.rows("SELECT pg_listening_channels()").isEmpty();
    }

    @Test
    void aFunctionThatListensKeepsItsServer() {
        try (WeirFixture two = WeirFixture.over(postgres)
                        .set("pool_mode", "transaction")
                        .set("default_pool_size", "2")
                        .start();
                RawClient client = two.connect(Accounts.APP);
                RawClient other = two.connect(Accounts.APP);
                RawClient console = two.console()) {
            client.run("DO 'BEGIN EXECUTE ''LISTEN hidden''; END'");
            other.run("NOTIFY hidden, 'x'");
            assertThat(next(client)).isEqualTo(new Note("hidden", "x"));
            Awaitility.await()
                    .untilAsserted(() ->
                            assertThat(console.rows("SHOW PINS").toString()).contains("hidden"));
            client.run("UNLISTEN hidden");
            other.run("NOTIFY hidden, 'y'");
            assertThat(client.hasNews(QUIET)).isFalse();
            assertThat(console.rows("SHOW PINS")).isEmpty();
            for (RawClient each : List.of(client, other)) {
                assertThat(each.rows("SELECT pg_listening_channels()")).isEmpty();
            }
        }
    }

    @Test
    void aClientSeesItsOwnChannels() {
        listener.run("LISTEN a; LISTEN \"B b\"");
        sender.run("LISTEN c");
        for (int i = 0; i < 3; i++) {
            assertThat(listener.rows("SELECT * FROM pg_listening_channels() ORDER BY 1"))
                    .hasToString("[[B b], [a]]");
            assertThat(sender.rows("SELECT pg_listening_channels()")).hasToString("[[c]]");
            assertThat(types(listener.extended("SELECT pg_listening_channels()")))
                    .isEqualTo("12TDDCZ");
        }
        assertThat(types(listener.query("NOTIFY a; SELECT pg_listening_channels()")))
                .isEqualTo("CTDDCAZ");
        sender.run("UNLISTEN *");
        assertThat(serversListen()).isFalse();
    }

    @Test
    void inATransactionNotificationsWaitForItsEnd() {
        listener.run("LISTEN a").run("BEGIN");
        try (RawClient direct = RawClient.connect(postgres.tcp(), Accounts.APP)) {
            direct.run("NOTIFY a, 'x'");
        }
        assertThat(listener.hasNews(QUIET)).isFalse();
        assertThat(types(listener.query("SELECT 1"))).isEqualTo("TDCZ");
        assertThat(types(listener.query("COMMIT"))).isEqualTo("CAZ");
    }

    @Test
    void anAnswerIsNotInterrupted() {
        listener.run("LISTEN a");
        listener.send(Frontend.query("SELECT repeat('x', 100000), pg_sleep(0.002) FROM generate_series(1, 200)"));
        listener.readUntil('D');
        try (RawClient direct = RawClient.connect(postgres.tcp(), Accounts.APP)) {
            for (int i = 0; i < 10; i++) {
                direct.run("NOTIFY a, '" + i + "'");
            }
        }
        List<Message> answer = listener.readUntilReady();
        String types = types(answer).replace("D", "");
        assertThat(notes(answer)).allMatch(note -> note.channel().equals("a"));
        assertThat(types).matches("CA*Z");
        for (int missing = 10 - notes(answer).size(); missing > 0; missing--) {
            next(listener);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"UNLISTEN a", "UNLISTEN *", "DISCARD ALL", "BEGIN; UNLISTEN a; COMMIT; UNLISTEN a"})
    void whoDoesNotListenAnyMoreHearsNothing(String sql) {
        listener.run("LISTEN a");
        sender.run("LISTEN a");
        for (String each : sql.split(";", -1)) {
            listener.run(each);
        }
        sender.run("NOTIFY a");
        assertThat(listener.hasNews(QUIET)).isFalse();
    }

    @Test
    void theExtendedProtocolListensToo() {
        assertThat(types(listener.extended("LISTEN a"))).isEqualTo("12nCZ");
        assertThat(types(listener.extended("LISTEN \"A b\""))).isEqualTo("12nCZ");
        sender.run("NOTIFY a, 'x'");
        assertThat(next(listener)).isEqualTo(new Note("a", "x"));
        sender.run("NOTIFY \"A b\", 'y'");
        assertThat(next(listener)).isEqualTo(new Note("A b", "y"));

        listener.send(Frontend.unnamed("BEGIN"), Frontend.unnamed("LISTEN c"), Frontend.sync());
        assertThat(types(listener.readUntilReady())).isEqualTo("12nC12nCZ");
        listener.extended("ROLLBACK");
        sender.run("NOTIFY c");
        assertThat(listener.hasNews(QUIET)).isFalse();
    }

    @Test
    void aFailedTransactionRefusesListenInPostgresOwnWords() {
        listener.query("BEGIN; SELECT 1/0");
        assertThat(listener.error("LISTEN a").sqlState()).isEqualTo("25P02");
        assertThat(listener.extended("LISTEN a").getFirst().sqlState()).isEqualTo("25P02");
        listener.run("ROLLBACK");
    }

    @Test
    void aListenNeedsNoServerOutsideOfATransaction() {
        sender.run("BEGIN");
        listener.run("LISTEN a");
        sender.run("NOTIFY a, 'x'").run("COMMIT");
        assertThat(next(listener)).isEqualTo(new Note("a", "x"));
    }

    @Test
    void manyClientsOnTwoLoopsAllHear() {
        List<RawClient> all = new ArrayList<>();
        try {
            for (int i = 0; i < 200; i++) {
                all.add(weir.connect(Accounts.APP).run("LISTEN a"));
            }
            sender.run("NOTIFY a, 'one'");
            for (int i = 0; i < 200; i += 2) {
                all.get(i).close();
            }
            sender.run("NOTIFY a, 'two'");
            for (int i = 0; i < 200; i++) {
                if (i % 2 == 1) {
                    assertThat(next(all.get(i)).payload()).isEqualTo("one");
                    assertThat(next(all.get(i)).payload()).isEqualTo("two");
                }
            }
        } finally {
            all.forEach(RawClient::close);
        }
    }

    @Test
    void aLostConnectionListensAgainAndSaysSo() {
        listener.run("LISTEN a");
        sender.run("LISTEN b");
        try (RawClient superuser = postgres.superuser(Accounts.DATABASE)) {
            superuser.run(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'weir LISTEN'"
                            + " AND usename = 'app'");
            for (RawClient client : List.of(listener, sender)) {
                Message notice = client.read();
                assertThat(notice.type()).isEqualTo('N');
                assertThat(notice.sqlState()).isEqualTo("01000");
                assertThat(notice.severity()).isEqualTo("WARNING");
            }
            superuser.run("NOTIFY a, 'after'");
            assertThat(next(listener)).isEqualTo(new Note("a", "after"));
        }
        assertThat(sender.hasNews(QUIET)).isFalse();
    }

    @Test
    void aPauseEndsListeningAndResumeBeginsItAgain() {
        listener.run("LISTEN a");
        try (RawClient console = weir.console();
                RawClient superuser = postgres.superuser(Accounts.DATABASE)) {
            console.run("PAUSE");
            assertThat(connections(console)).isEqualTo(0);
            console.run("RESUME");
            assertThat(listener.read().sqlState()).isEqualTo("01000");
            superuser.run("NOTIFY a, 'x'");
            assertThat(next(listener)).isEqualTo(new Note("a", "x"));
        }
    }

    @Test
    void aKilledDatabaseLosesItsListenersAndComesBackWithout() {
        listener.run("LISTEN a");
        try (RawClient console = weir.console()) {
            console.run("KILL " + Accounts.DATABASE);
            listener.readToEnd();
            console.run("RESUME " + Accounts.DATABASE);
        }
        try (RawClient again = weir.connect(Accounts.APP);
                RawClient notifier = weir.connect(Accounts.APP)) {
            notifier.run("NOTIFY a, 'x'");
            assertThat(again.hasNews(QUIET)).isFalse();
            again.run("LISTEN a");
            notifier.run("NOTIFY a, 'y'");
            assertThat(next(again)).isEqualTo(new Note("a", "y"));
        }
    }

    @Test
    void whoDoesNotEndItsTransactionIsDisconnectedWhenTooMuchWaits() {
        listener.run("LISTEN a").run("BEGIN");
        try (RawClient direct = RawClient.connect(postgres.tcp(), Accounts.APP)) {
            direct.run("SELECT pg_notify('a', i || repeat('x', 7000)) FROM generate_series(1, 300) i");
        }
        assertThat(listener.expectFatal().sqlState()).isEqualTo("54000");
        sender.run("SELECT 1");
    }

    @Test
    void theLimitOfTheDatabaseCountsTheListeningConnection() {
        try (WeirFixture limited = WeirFixture.over(postgres)
                        .set("pool_mode", "transaction")
                        .set("max_db_connections", "1")
                        .start();
                RawClient one = limited.connect(Accounts.APP);
                RawClient console = limited.console()) {
            one.run("BEGIN");
            try (RawClient two = limited.connect(Accounts.APP)) {
                two.run("LISTEN a");
                one.run("NOTIFY a").run("COMMIT");
                assertThat(next(two).channel()).isEqualTo("a");
                assertThat(connections(console)).isEqualTo(2);
            }
        }
    }

    /// Server connections to the database as the pooler counts them.
    private static int connections(RawClient console) {
        return console.rows("SHOW DATABASES").stream()
                .filter(row -> Accounts.DATABASE.equals(row.getFirst()))
                .mapToInt(row -> Integer.parseInt(row.get(CURRENT_CONNECTIONS)))
                .sum();
    }

    @Test
    void aListenThatWaitsCanBeCancelled() {
        try (RawClient console = weir.console()) {
            console.run("PAUSE");
            listener.send(Frontend.query("LISTEN a"));
            assertThat(listener.hasNews(QUIET)).isFalse();
            listener.cancel();
            assertThat(listener.read().sqlState()).isEqualTo("57014");
            assertThat(listener.read().type()).isEqualTo('Z');
            listener.send(Frontend.unnamed("LISTEN b"), Frontend.sync());
            assertThat(types(listener.readUntil('2'))).isEqualTo("12");
            listener.cancel();
            assertThat(types(listener.readUntilReady())).endsWith("EZ");
            console.run("RESUME");
        }
        sender.run("NOTIFY a").run("NOTIFY b");
        assertThat(listener.hasNews(QUIET)).isFalse();
    }

    @Test
    void reconnectListensAgain() {
        listener.run("LISTEN a");
        try (RawClient console = weir.console()) {
            console.run("RECONNECT");
        }
        assertThat(listener.read().sqlState()).isEqualTo("01000");
        sender.run("NOTIFY a, 'x'");
        assertThat(next(listener)).isEqualTo(new Note("a", "x"));
    }

    @Test
    void whatCannotBeListenedOnIsRefused() {
        Login own = new Login("listen_test", "listen-secret", Accounts.DATABASE);
        try (RawClient superuser = postgres.superuser(Accounts.DATABASE);
                WeirFixture pooler = WeirFixture.over(postgres)
                        .secret(own.user(), own.password())
                        .set("workers", "1")
                        .start()) {
            superuser.run("CREATE ROLE listen_test LOGIN PASSWORD 'listen-secret'");
            try (RawClient client = pooler.connect(own)) {
                superuser.run("ALTER ROLE listen_test NOLOGIN");
                assertThat(client.error("LISTEN a").sqlState()).isEqualTo("28000");
                assertThat(client.transactionStatus()).isEqualTo('I');
                assertThat(types(client.extended("LISTEN a"))).isEqualTo("12nEZ");
                client.run("SELECT 1").run("BEGIN");
                assertThat(client.error("LISTEN a").sqlState()).isEqualTo("28000");
                assertThat(client.transactionStatus()).isEqualTo('E');
            } finally {
                superuser.run("DROP ROLE listen_test");
            }
        }
    }
}
