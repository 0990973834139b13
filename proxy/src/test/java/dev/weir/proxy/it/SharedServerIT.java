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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Two clients and the one server they share: what one leaves behind must not reach the other, in whatever order things
/// happen between them.
@ExtendWith(LeakGuard.class)
final class SharedServerIT {

    private final TestPostgres postgres = TestPostgres.shared(15);

    @SuppressWarnings("NullAway.Init")
    private WeirFixture weir;

    @BeforeEach
    void start() {
        weir = WeirFixture.over(postgres)
                .set("pool_mode", "transaction")
                .set("default_pool_size", "1")
                .set("workers", "1")
                .start();
    }

    @AfterEach
    void stop() {
        weir.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aQueryBehindAFailedCopyIsAnsweredToItsOwnClient(boolean copyEnded) {
        try (RawClient first = weir.connect(Accounts.APP);
                RawClient second = weir.connect(Accounts.APP)) {
            first.run("CREATE TABLE IF NOT EXISTS copied (n int)");
            first.send(
                    Frontend.query("COPY copied FROM STDIN"),
                    Frontend.copyData("not a number\n"),
                    copyEnded ? Frontend.copyFail("enough") : new byte[0],
                    Frontend.query("SELECT 'first'"));

            assertThat(first.expect("GEZTDCZ").get(4).columns()).containsExactly("first");
            assertThat(second.value("SELECT 'second'")).isEqualTo("second");
        }
    }

    @Test
    void settingsOfTheStartupPacketOutliveDiscardAll() {
        try (RawClient client =
                weir.connect(Accounts.APP.with("search_path", "pg_catalog").with("application_name", "discarding"))) {
            assertThat(client.value("SHOW search_path")).isEqualTo("pg_catalog");

            client.run("DISCARD ALL");

            assertThat(client.value("SHOW search_path")).isEqualTo("pg_catalog");
            assertThat(client.value("SHOW application_name")).isEqualTo("discarding");
        }
    }

    @Test
    void aSettingThatWasRolledBackIsNotTakenForTheServers() {
        try (RawClient second = weir.connect(Accounts.APP.with("TimeZone", "Asia/Tokyo"))) {
            RawClient first = weir.connect(Accounts.APP);
            first.run("BEGIN").run("SET timezone = 'Asia/Tokyo'");
            first.vanish();

            assertThat(second.value("SHOW timezone")).isEqualTo("Asia/Tokyo");
        }
    }

    @Test
    void aKnownStatementIsConfirmedAtAFlush() {
        try (RawClient first = weir.connect(Accounts.APP);
                RawClient second = weir.connect(Accounts.APP)) {
            first.send(Frontend.parse("a", "SELECT 'shared'"), Frontend.sync()).expect("1Z");

            second.send(Frontend.parse("b", "SELECT 'shared'"), Frontend.flush())
                    .expect("1");
            second.send(Frontend.sync()).expect("Z");
            first.send(Frontend.closeStatement("a"), Frontend.flush()).expect("3");
        }
    }

    @Test
    void aResetInASessionOfItsOwnLeavesItsOtherSettingsAlone() {
        try (WeirFixture sessions =
                        WeirFixture.over(postgres).set("pool_mode", "session").start();
                RawClient client = sessions.connect(Accounts.APP)) {
            client.run("SET statement_timeout = '5s'").run("RESET work_mem");

            assertThat(client.value("SHOW statement_timeout")).isEqualTo("5s");
        }
    }

    @Test
    void notificationsReachNobodyWhoDidNotListen() {
        try (RawClient listener = weir.connect(Accounts.APP);
                RawClient other = weir.connect(Accounts.APP)) {
            listener.run("LISTEN gossip");

            List<Message> answers = other.query("NOTIFY gossip, 'secret'");

            assertThat(answers).noneMatch(message -> message.type() == 'A');
            other.run("UNLISTEN *");
        }
    }
}
