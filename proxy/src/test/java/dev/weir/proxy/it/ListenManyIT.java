package dev.weir.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.testkit.Accounts;
import dev.weir.proxy.testkit.LeakGuard;
import dev.weir.proxy.testkit.Message;
import dev.weir.proxy.testkit.RawClient;
import dev.weir.proxy.testkit.TestPostgres;
import dev.weir.proxy.testkit.WeirFixture;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/// Many clients that listen and notify at the same time, and a driver that does, over two servers and two event loops.
@ExtendWith(LeakGuard.class)
final class ListenManyIT {

    private static final int CLIENTS = 6;
    private static final int ROUNDS = 30;

    private final TestPostgres postgres = TestPostgres.shared(18);

    @SuppressWarnings("NullAway.Init")
    private WeirFixture weir;

    @BeforeEach
    void start() {
        weir = WeirFixture.over(postgres)
                .set("pool_mode", "transaction")
                .set("default_pool_size", "2")
                .set("workers", "2")
                .start();
    }

    @AfterEach
    void stop() {
        weir.close();
    }

    @Test
    void allHearAllInOneOrderAndFromWhomItIs() throws InterruptedException, ExecutionException {
        List<RawClient> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(weir.connect(Accounts.APP).run("LISTEN many"));
        }
        List<List<String>> heard = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<List<String>>> outcomes = new ArrayList<>();
            for (RawClient client : clients) {
                outcomes.add(threads.submit(notifying(client)));
            }
            for (Future<List<String>> outcome : outcomes) {
                heard.add(outcome.get());
            }
        } finally {
            clients.forEach(RawClient::close);
        }
        assertThat(heard.getFirst()).hasSize(CLIENTS * ROUNDS).doesNotHaveDuplicates();
        assertThat(heard).allMatch(heard.getFirst()::equals);
    }

    /// Notifies others of its pid, and hears them all. Its own are there when it is told that they are sent.
    private static Callable<List<String>> notifying(RawClient client) {
        int self = ByteBuffer.wrap(client.backendKeyData()).getInt();
        return () -> {
            List<String> heard = new ArrayList<>();
            for (int i = 0; i < ROUNDS; i++) {
                String payload = self + "/" + i;
                client.query("SELECT pg_notify('many', '" + payload + "')").forEach(message -> hear(message, heard));
                assertThat(heard).contains(payload);
            }
            while (heard.size() < CLIENTS * ROUNDS) {
                hear(client.read(), heard);
            }
            return heard;
        };
    }

    private static void hear(Message message, List<String> heard) {
        if (message.type() == 'A') {
            ByteBuffer body = ByteBuffer.wrap(message.body());
            int pid = body.getInt();
            assertThat(Message.cString(body)).isEqualTo("many");
            String payload = Message.cString(body);
            assertThat(payload).startsWith(pid + "/");
            heard.add(payload);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"simple", "extended", "extendedForPrepared", "extendedCacheEverything"})
    void pgjdbcListensInEveryQueryMode(String mode) throws SQLException {
        try (Connection connection = connect(mode);
                Connection other = connect(mode);
                Statement listening = connection.createStatement();
                Statement notifying = other.createStatement()) {
            PGConnection listener = connection.unwrap(PGConnection.class);
            for (int i = 0; i < 8; i++) {
                listening.execute("LISTEN news");
                listening.execute("LISTEN \"Other news\"");
                notifying.execute("NOTIFY news, 'n" + i + "'");
                notifying.execute("SELECT pg_notify('Other news', 'o" + i + "')");
                assertThat(two(listener)).containsExactly("news n" + i, "Other news o" + i);
            }
            connection.setAutoCommit(false);
            listening.execute("NOTIFY news, 'own'");
            assertThat(listener.getNotifications()).isEmpty();
            connection.commit();
            PGNotification[] own = listener.getNotifications();
            assertThat(own).hasSize(1);
            assertThat(own[0].getPID()).isEqualTo(listener.getBackendPID());
        }
    }

    private static List<String> two(PGConnection listener) throws SQLException {
        List<String> heard = new ArrayList<>();
        while (heard.size() < 2) {
            PGNotification[] some = listener.getNotifications(10_000);
            assertThat(some).isNotEmpty();
            for (PGNotification each : some) {
                heard.add(each.getName() + " " + each.getParameter());
            }
        }
        return heard;
    }

    private Connection connect(String mode) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", Accounts.APP.user());
        properties.setProperty("password", Accounts.APP.password());
        properties.setProperty("sslmode", "disable");
        properties.setProperty("preferQueryMode", mode);
        properties.setProperty("prepareThreshold", "2");
        return DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + weir.port() + "/app", properties);
    }
}
