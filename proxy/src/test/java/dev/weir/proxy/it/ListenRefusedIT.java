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

/// Where PostgreSQL lets nobody in who could listen, LISTEN is an error as any other.
@ExtendWith(LeakGuard.class)
final class ListenRefusedIT {

    private final TestPostgres postgres = TestPostgres.shared();

    private void alter(String option) {
        try (RawClient admin = postgres.superuser(Accounts.DATABASE)) {
            admin.run("ALTER USER other " + option);
        }
    }

    @Test
    void theTransactionFailsAndTheSessionGoesOn() {
        try (WeirFixture weir = WeirFixture.over(postgres)
                        .set("default_pool_size", "1")
                        .set("workers", "1")
                        .start();
                RawClient client = weir.connect(Accounts.OTHER)) {
            client.run("SELECT 1");
            alter("NOLOGIN");

            client.run("BEGIN");
            Message error = client.error("LISTEN refused");
            assertThat(error.severity()).isEqualTo("ERROR");
            assertThat(error.sqlState()).isEqualTo("28000");
            assertThat(client.error("SELECT 1").sqlState()).isEqualTo("25P02");
            client.run("ROLLBACK");

            client.run("BEGIN");
            client.send(
                    Frontend.parse("", "LISTEN refused"),
                    Frontend.bind("", ""),
                    Frontend.execute("", 0),
                    Frontend.sync());
            List<Message> answer = client.readUntilReady();
            assertThat(answer)
                    .filteredOn(message -> message.type() == 'E')
                    .extracting(Message::sqlState)
                    .containsExactly("28000");
            assertThat(answer.getLast().transactionStatus()).isEqualTo('E');
            client.run("ROLLBACK");

            assertThat(client.error("LISTEN refused").sqlState()).isEqualTo("28000");
            alter("LOGIN");
            client.run("LISTEN refused");
            client.run("NOTIFY refused, 'now'");
        } finally {
            alter("LOGIN");
        }
    }
}
