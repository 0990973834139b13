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

/// An unnamed statement lives until its client prepares another or sends a simple query, whatever others do meanwhile
/// on the one server that all share.
@ExtendWith(LeakGuard.class)
final class UnnamedStatementIT {

    @SuppressWarnings("NullAway.Init")
    private WeirFixture weir;

    @SuppressWarnings("NullAway.Init")
    private RawClient client;

    @SuppressWarnings("NullAway.Init")
    private RawClient other;

    @BeforeEach
    void start() {
        weir = WeirFixture.over(TestPostgres.shared())
                .set("default_pool_size", "1")
                .set("workers", "1")
                .start();
        client = weir.connect(Accounts.APP);
        other = weir.connect(Accounts.APP.with("application_name", "other"));
        client.send(Frontend.parse("", "SELECT 'mine'"), Frontend.sync()).expect("1Z");
    }

    @AfterEach
    void stop() {
        List.of(client, other).forEach(RawClient::hangUp);
        weir.close();
    }

    @Test
    void outlivesItsTransaction() {
        assertThat(bound()).isEqualTo("mine");
    }

    @Test
    void outlivesTheStatementOfAnother() {
        other.extended("SELECT 'theirs'");

        assertThat(bound()).isEqualTo("mine");
    }

    @Test
    void outlivesTheSimpleQueryOfAnother() {
        other.run("SELECT 'theirs'");

        assertThat(bound()).isEqualTo("mine");
    }

    @Test
    void outlivesTheSettingsOfAnother() {
        other.send(Frontend.parse("s", "SELECT 1"), Frontend.sync()).expect("1Z");

        assertThat(bound()).isEqualTo("mine");
    }

    @Test
    void endsWithASimpleQueryOfItsOwn() {
        client.run("SELECT 1");

        client.send(Frontend.bind("", ""), Frontend.sync());
        assertThat(client.expect("EZ").getFirst().sqlState()).isEqualTo("26000");
    }

    private String bound() {
        client.send(Frontend.bind("", ""), Frontend.execute("", 0), Frontend.sync());
        List<Message> answers = client.expect("2DCZ");
        return String.valueOf(answers.get(1).columns().getFirst());
    }
}
