package dev.weir.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.testkit.Accounts;
import dev.weir.proxy.testkit.FakePostgres;
import dev.weir.proxy.testkit.Frontend;
import dev.weir.proxy.testkit.LeakGuard;
import dev.weir.proxy.testkit.Message;
import dev.weir.proxy.testkit.RawClient;
import dev.weir.proxy.testkit.WeirFixture;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Servers that say goodbye in the same breath as their last answer, and servers that fall silent in the middle of one.
@ExtendWith(LeakGuard.class)
final class LastWordsIT {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String SHUTDOWN = "terminating connection due to administrator command";

    /// Answers everything with its number, and the first connection's COMMIT or lone SELECT with a farewell as well.
    private static FakePostgres.Script lastWords(boolean closes) {
        return session -> {
            session.welcome();
            boolean open = false;
            while (true) {
                String sql = session.readQuery();
                open = sql.equals("BEGIN") || (open && !sql.equals("COMMIT"));
                char status = open ? 'T' : 'I';
                if (open || session.number() > 1) {
                    session.oneRow("from " + session.number());
                    session.ready(status);
                    continue;
                }
                session.inOneBreath(words -> {
                    words.oneRow("from " + words.number());
                    words.ready(status);
                    words.error("FATAL", "57P01", SHUTDOWN);
                });
                if (closes) {
                    return;
                }
                session.readToEnd();
            }
        };
    }

    private static WeirFixture.Setup over(FakePostgres fake) {
        return WeirFixture.overPort(fake.port())
                .set("default_pool_size", "1")
                .set("server_login_retry", "0.1")
                .set("cancel_wait_timeout", "0.3");
    }

    @ParameterizedTest
    @CsvSource({"transaction, true", "transaction, false", "statement, true", "statement, false"})
    void aFarewellBehindTheWholeAnswerIsNotTheClients(String mode, boolean closes) {
        try (FakePostgres fake = FakePostgres.start(lastWords(closes));
                WeirFixture weir = over(fake).set("pool_mode", mode).start();
                RawClient client = weir.connect(Accounts.APP)) {
            assertThat(client.value("SELECT 'x'")).isEqualTo("from 1");
            assertThat(client.value("SELECT 'x'")).isEqualTo("from 2");
            assertThat(fake.connections()).isEqualTo(2);
        }
    }

    @Test
    void aCommitIsAnsweredAlthoughTheServerLeavesWithIt() {
        try (FakePostgres fake = FakePostgres.start(lastWords(true));
                WeirFixture weir = over(fake).start();
                RawClient client = weir.connect(Accounts.APP)) {
            for (String sql : List.of("BEGIN", "SELECT 'x'", "COMMIT")) {
                assertThat(client.value(sql)).isEqualTo("from 1");
            }
            assertThat(client.value("SELECT 'x'")).isEqualTo("from 2");
        }
    }

    @Test
    void whoWaitsIsServedByAnotherServer() {
        try (FakePostgres fake = FakePostgres.start(lastWords(false));
                WeirFixture weir = over(fake).start();
                RawClient client = weir.connect(Accounts.APP);
                RawClient waiting = weir.connect(Accounts.APP)) {
            client.value("BEGIN");
            waiting.send(Frontend.query("SELECT 'x'"));
            weir.awaitPool("app", "app", "cl_waiting", "1");
            assertThat(client.value("COMMIT")).isEqualTo("from 1");
            assertThat(waiting.readUntilReady().get(1).columns()).containsExactly("from 2");
            assertThat(client.value("SELECT 'x'")).isEqualTo("from 2");
        }
    }

    @Test
    void aSessionEndsWithItsServer() {
        try (FakePostgres fake = FakePostgres.start(lastWords(true));
                WeirFixture weir = over(fake)
                        .set("pool_mode", "session")
                        .set("server_fast_close", "1")
                        .start();
                RawClient client = weir.connect(Accounts.APP)) {
            client.send(Frontend.query("SELECT 'x'"));
            List<Message> last = client.readToEnd();
            assertThat(last).extracting(Message::type).containsExactly('T', 'D', 'C', 'Z', 'E');
            assertThat(last.getLast().sqlState()).isEqualTo("57P01");
            assertThat(last.getLast().text()).isEqualTo(SHUTDOWN);
        }
    }

    /// The first connection stops in the middle of its first answer and is silent from then on.
    private static FakePostgres.Script stuck(String where) {
        return session -> {
            session.welcome();
            while (true) {
                session.readQuery();
                if (session.number() == 1) {
                    stopIn(where, session);
                    session.readToEnd();
                    return;
                }
                session.oneRow("fine");
                session.ready('I');
            }
        };
    }

    private static void stopIn(String where, FakePostgres.Session session) throws IOException {
        switch (where) {
            case "header" -> session.send(new byte[] {'D', 0, 0});
            case "row" -> session.send(Frontend.lying('D', 1_000, new byte[200]));
            case "long row" -> session.send(Frontend.lying('D', 1_000_000, new byte[100_000]));
            case "tag" -> session.send(Frontend.lying('C', 20, Frontend.cString("SELECT")));
            case "error" -> session.send(Frontend.lying('E', 200, new byte[20]));
            case "ready" -> session.send(new byte[] {'Z', 0, 0, 0, 5});
            case "nothing" -> {}
            default -> throw new IllegalArgumentException(where);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"header", "row", "long row", "tag", "error", "ready", "nothing"})
    void aClientThatLeavesAStuckServerLeavesItsPlaceFree(String where) {
        try (FakePostgres fake = FakePostgres.start(stuck(where));
                WeirFixture weir = over(fake).start();
                RawClient next = weir.connect(Accounts.APP)) {
            try (RawClient victim = weir.connect(Accounts.APP)) {
                victim.send(Frontend.query("SELECT 'x'"));
                weir.awaitPool("app", "app", "sv_active", "1");
                victim.vanish();
            }
            next.deadline(PATIENCE);
            assertThat(next.value("SELECT 'x'")).isEqualTo("fine");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"header", "row", "long row", "tag", "error", "ready", "nothing"})
    void queryTimeoutEndsAStuckAnswer(String where) {
        try (FakePostgres fake = FakePostgres.start(stuck(where));
                WeirFixture weir = over(fake).set("query_timeout", "0.5").start();
                RawClient next = weir.connect(Accounts.APP);
                RawClient victim = weir.connect(Accounts.APP)) {
            victim.deadline(PATIENCE).send(Frontend.query("SELECT 'x'"));
            victim.wire().readToEnd();
            next.deadline(PATIENCE);
            assertThat(next.value("SELECT 'x'")).isEqualTo("fine");
        }
    }
}
