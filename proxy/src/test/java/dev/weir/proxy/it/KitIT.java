package dev.weir.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.proxy.testkit.Accounts;
import dev.weir.proxy.testkit.Frontend;
import dev.weir.proxy.testkit.Login;
import dev.weir.proxy.testkit.Message;
import dev.weir.proxy.testkit.RawClient;
import dev.weir.proxy.testkit.TestPostgres;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The kit itself against PostgreSQL: what it says of the pooler later is worth as much as this.
class KitIT {

    @ParameterizedTest
    @ValueSource(ints = {15, 18})
    void everyKindOfLoginReachesEveryVersion(int version) {
        TestPostgres postgres = TestPostgres.shared(version);
        for (Login login : Accounts.ALL) {
            try (RawClient client = RawClient.connect(postgres.tcp(), login)) {
                assertThat(client.value("SELECT current_user")).isEqualTo(login.user());
                assertThat(client.value("SHOW server_version")).startsWith(version + ".");
            }
            assertThat(RawClient.open(postgres.tcp())
                            .tryLogin(Accounts.REJECTED)
                            .getLast()
                            .sqlState())
                    .isEqualTo("28000");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 18})
    void cancelsARunningQuery(int version) {
        try (RawClient client = RawClient.connect(TestPostgres.shared(version).tcp(), Accounts.APP)) {
            client.send(Frontend.query("SELECT pg_sleep(60)"));
            awaitSleeper(version);
            client.cancel();
            List<Message> answer = client.readUntilReady();
            assertThat(answer)
                    .anyMatch(message ->
                            message.type() == 'E' && message.sqlState().equals("57014"));
        }
    }

    /** A cancel request that comes before the query has begun means nothing to PostgreSQL. */
    private static void awaitSleeper(int version) {
        try (RawClient watcher = RawClient.connect(TestPostgres.shared(version).tcp(), Accounts.APP)) {
            await().until(() -> watcher.value(
                            "SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(60)' AND state ="
                                    + " 'active'")
                    .equals("1"));
        }
    }
}
