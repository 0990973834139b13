package dev.weir.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.testkit.Accounts;
import dev.weir.proxy.testkit.Frontend;
import dev.weir.proxy.testkit.LeakGuard;
import dev.weir.proxy.testkit.RawClient;
import dev.weir.proxy.testkit.TestPostgres;
import dev.weir.proxy.testkit.WeirFixture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// What a sequence gave out last is told to nobody but the client that has drawn it.
@ExtendWith(LeakGuard.class)
final class SequenceIT {

    private static final String UNDEFINED = "55000";

    private final TestPostgres postgres = TestPostgres.shared();

    @BeforeEach
    void create() {
        admin("DROP SEQUENCE IF EXISTS drawn", "CREATE SEQUENCE drawn", "GRANT ALL ON SEQUENCE drawn TO PUBLIC");
    }

    @AfterEach
    void drop() {
        admin("DROP SEQUENCE drawn");
    }

    private void admin(String... sql) {
        try (RawClient admin = postgres.superuser(Accounts.DATABASE)) {
            for (String each : sql) {
                admin.run(each);
            }
        }
    }

    private WeirFixture weir(int size) {
        return WeirFixture.over(postgres)
                .set("default_pool_size", String.valueOf(size))
                .set("workers", "1")
                .start();
    }

    private static String draw(RawClient client) {
        return client.value("SELECT nextval('drawn')");
    }

    @Test
    void nobodyIsToldWhatAnotherHasDrawn() {
        try (WeirFixture weir = weir(1);
                RawClient client = weir.connect(Accounts.APP);
                RawClient other = weir.connect(Accounts.APP)) {
            client.run("SELECT 1");
            draw(other);
            assertThat(client.error("SELECT lastval()").sqlState()).isEqualTo(UNDEFINED);
            draw(other);
            assertThat(client.error("SELECT currval('drawn')").sqlState()).isEqualTo(UNDEFINED);
            draw(other);
            client.send(
                    Frontend.parse("", "SELECT lastval()"),
                    Frontend.bind("", ""),
                    Frontend.execute("", 0),
                    Frontend.sync());
            assertThat(client.readUntilReady())
                    .filteredOn(message -> message.type() == 'E')
                    .hasSize(1);
        }
    }

    @Test
    void notInATransactionThatHasJustBegunEither() {
        for (boolean extended : new boolean[] {false, true}) {
            try (WeirFixture weir = weir(1);
                    RawClient client = weir.connect(Accounts.APP);
                    RawClient other = weir.connect(Accounts.APP)) {
                client.run("SELECT 1");
                draw(other);
                client.run("BEGIN");
                if (extended) {
                    client.send(
                            Frontend.parse("", "SELECT lastval()"),
                            Frontend.bind("", ""),
                            Frontend.execute("", 0),
                            Frontend.sync());
                    assertThat(client.readUntilReady())
                            .filteredOn(message -> message.type() == 'E')
                            .hasSize(1);
                } else {
                    assertThat(client.error("SELECT lastval()").sqlState()).isEqualTo(UNDEFINED);
                }
                client.run("ROLLBACK");
            }
        }
    }

    @Test
    void whatTheTransactionHasDrawnItselfIsThere() {
        try (WeirFixture weir = weir(1);
                RawClient client = weir.connect(Accounts.APP);
                RawClient other = weir.connect(Accounts.APP)) {
            for (int i = 0; i < 3; i++) {
                draw(other);
                client.run("BEGIN");
                String drawn = draw(client);
                assertThat(client.value("SELECT lastval()")).isEqualTo(drawn);
                client.run("COMMIT");
                assertThat(client.value("SELECT nextval('drawn') = currval('drawn')"))
                        .isEqualTo("t");
            }
        }
    }

    @Test
    void whoAsksGetsTheServerOnWhichHeHasDrawn() {
        try (WeirFixture weir = weir(2);
                RawClient client = weir.connect(Accounts.APP);
                RawClient other = weir.connect(Accounts.APP)) {
            client.run("BEGIN");
            other.run("BEGIN");
            client.run("COMMIT");
            other.run("COMMIT");
            weir.awaitPool(Accounts.DATABASE, "app", "sv_idle", "2");
            client.query("SELECT lastval()");
            other.query("SELECT lastval()");
            for (int i = 0; i < 5; i++) {
                String drawn = draw(client);
                String others = draw(other);
                assertThat(client.value("SELECT lastval()")).isEqualTo(drawn);
                assertThat(other.value("SELECT currval('drawn')")).isEqualTo(others);
            }
        }
    }
}
