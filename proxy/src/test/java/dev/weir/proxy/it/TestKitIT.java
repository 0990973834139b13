package dev.weir.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

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
class TestKitIT {

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
        try (RawClient client = RawClient.connect(TestPostgres.shared(version).unix(), Accounts.APP)) {
            client.send(Frontend.query("SELECT pg_sleep(60)"));
            client.cancel();
            List<Message> answer = client.readUntilReady();
            assertThat(answer)
                    .anyMatch(message ->
                            message.type() == 'E' && message.sqlState().equals("57014"));
        }
    }
}
