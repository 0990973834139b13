package dev.weir.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.testkit.Accounts;
import dev.weir.proxy.testkit.Frontend;
import dev.weir.proxy.testkit.LeakGuard;
import dev.weir.proxy.testkit.Message;
import dev.weir.proxy.testkit.RawClient;
import dev.weir.proxy.testkit.TestPostgres;
import dev.weir.proxy.testkit.WeirFixture;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A server of one's own, and what the next one finds of it.
@ExtendWith(LeakGuard.class)
class SessionModeIT {
    private static final String PID = "SELECT pg_backend_pid()";

    private static WeirFixture.Setup setup() {
        return WeirFixture.over(TestPostgres.shared())
                .set("pool_mode", "session")
                .set("default_pool_size", "1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "session     | 0 | SET work_mem = '7MB' | 7MB",
                "session     | 1 | SET work_mem = '7MB' | 7MB",
                "session     | 0 | DISCARD ALL          | 4MB",
                "session     | 1 |                      | 5MB",
                "transaction | 0 | SET work_mem = '7MB' | 4MB",
                "transaction | 1 | SET work_mem = '7MB' | 7MB",
                "statement   | 0 | SET work_mem = '7MB' | 4MB",
                "statement   | 1 | SET work_mem = '7MB' | 7MB"
            })
    void theResetQueryRunsBehindSessionsAndElsewhereIfToldTo(
            String mode, String always, String resetQuery, String found) {
        try (WeirFixture weir = setup().set("pool_mode", mode)
                .set("server_reset_query", resetQuery == null ? "" : resetQuery)
                .set("server_reset_query_always", always)
                .start()) {
            String pid;
            try (RawClient first = weir.connect(Accounts.APP)) {
                pid = first.value(PID);
                if (mode.equals("session")) { // elsewhere it would be undone, with or without a reset
                    first.run("SET work_mem = '5MB'");
                }
            }
            try (RawClient second = weir.connect(Accounts.APP)) {
                assertThat(second.value("SHOW work_mem")).isEqualTo(found);
                assertThat(second.value(PID)).isEqualTo(pid);
            }
        }
    }

    @Test
    void aServerThatCannotBeResetServesNobodyElse() {
        try (WeirFixture weir = setup().set("server_reset_query", "SELECT 1/0").start()) {
            String pid;
            try (RawClient first = weir.connect(Accounts.APP)) {
                pid = first.value(PID);
            }
            try (RawClient second = weir.connect(Accounts.APP)) {
                assertThat(second.value(PID)).isNotEqualTo(pid);
            }
        }
    }

    @Test
    void nothingIsResetInTheMiddleOfASession() {
        try (WeirFixture weir = setup().set("server_reset_query_always", "1").start();
                RawClient client = weir.connect(Accounts.APP)) {
            client.run("SET work_mem = '5MB'").run("CREATE TEMP TABLE mine (n int)");
            client.send(Frontend.parse("own", "SELECT 'prepared'"), Frontend.sync())
                    .expect("1Z");

            assertThat(client.value("SHOW work_mem")).isEqualTo("5MB");
            assertThat(client.value("SELECT count(*) FROM mine")).isEqualTo("0");
            assertThat(client.value("SELECT name FROM pg_prepared_statements")).isEqualTo("own");
            client.send(Frontend.bind("", "own"), Frontend.execute("", 0), Frontend.sync());
            assertThat(client.expect("2DCZ").get(1).columns()).containsExactly("prepared");
        }
    }

    @Test
    void whoListensIsNotifiedWithoutAsking() {
        try (WeirFixture weir = setup().set("default_pool_size", "2").start();
                RawClient listener = weir.connect(Accounts.APP);
                RawClient speaker = weir.connect(Accounts.APP)) {
            listener.run("LISTEN news");

            speaker.run("NOTIFY news, 'hello'");

            assertThat(listener.read().type()).isEqualTo('A');
        }
    }

    @Test
    void aSessionEndsInTheMiddleOfATransactionWithoutATrace() {
        try (WeirFixture weir = setup().start()) {
            RawClient first = weir.connect(Accounts.APP);
            String pid = first.value(PID);
            first.run("BEGIN").run("CREATE TABLE never_made (n int)");
            first.vanish();

            try (RawClient second = weir.connect(Accounts.APP)) {
                assertThat(second.value(PID)).isEqualTo(pid);
                assertThat(second.value("SELECT to_regclass('never_made') IS NULL"))
                        .isEqualTo("t");
                assertThat(second.value("SELECT now() = statement_timestamp()")).isEqualTo("t");
            }
        }
    }

    @Test
    void theNextSessionWaitsUntilTheFirstHasEnded() {
        try (WeirFixture weir = setup().start();
                RawClient second = weir.connect(Accounts.APP)) {
            RawClient first = weir.connect(Accounts.APP);
            first.run("SELECT 1");
            second.send(Frontend.query("SELECT 'second'"));
            weir.awaitPool("app", "app", "cl_waiting", "1");

            first.close();

            List<Message> answer = second.readUntilReady();
            assertThat(answer.get(1).columns()).containsExactly("second");
        }
    }
}
