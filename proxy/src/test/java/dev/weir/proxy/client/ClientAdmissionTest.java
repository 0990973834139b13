package dev.weir.proxy.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.config.DatabaseConfig;
import dev.weir.proxy.net.Listener;
import dev.weir.proxy.pool.PooledDatabase;
import dev.weir.proxy.wire.ProtocolViolation;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class ClientAdmissionTest {

    private static final String DATABASES = "[databases]\ndb = host=127.0.0.1\nother = host=127.0.0.1\n";

    private static DatabaseConfig entry(ClientConversation pooler, String name) {
        return Objects.requireNonNull(pooler.pools.config().findDatabase(name));
    }

    private static ClientAdmission admit(ClientConversation pooler, @Nullable DatabaseConfig entry, String user) {
        ClientAdmission admission = new ClientAdmission(pooler.services);
        admission.admit(entry, user);
        return admission;
    }

    private static void assertTurnedAway(ClientConversation pooler, String database, String user, String setting) {
        ClientAdmission admission = new ClientAdmission(pooler.services);
        assertThatThrownBy(() -> admission.admit(entry(pooler, database), user))
                .isInstanceOfSatisfying(ProtocolViolation.class, violation -> {
                    assertThat(violation.error().sqlState()).isEqualTo("53300");
                    assertThat(violation.error().message()).contains(setting);
                });
        admission.countOut();
    }

    @Test
    void aDatabaseTakesSoManyAndNoMore() {
        try (ClientConversation pooler = new ClientConversation("max_db_client_connections = 2\n" + DATABASES)) {
            ClientAdmission first = admit(pooler, entry(pooler, "db"), "a");
            ClientAdmission second = admit(pooler, entry(pooler, "db"), "b");
            assertTurnedAway(pooler, "db", "c", "max_db_client_connections");
            ClientAdmission elsewhere = admit(pooler, entry(pooler, "other"), "c");

            first.countOut();
            ClientAdmission third = admit(pooler, entry(pooler, "db"), "c");

            assertTurnedAway(pooler, "db", "a", "max_db_client_connections");
            second.countOut();
            third.countOut();
            elsewhere.countOut();
        }
    }

    @Test
    void aUserMayComeSoOftenWhereverTo() {
        try (ClientConversation pooler = new ClientConversation("max_user_client_connections = 2\n" + DATABASES)) {
            ClientAdmission first = admit(pooler, entry(pooler, "db"), "a");
            ClientAdmission second = admit(pooler, entry(pooler, "other"), "a");
            assertTurnedAway(pooler, "db", "a", "max_user_client_connections");
            assertThat(pooler.pools
                            .registry
                            .database(entry(pooler, "db"))
                            .group()
                            .clients())
                    .as("who is turned away for the user's sake is not left counted at the database")
                    .isEqualTo(1);
            admit(pooler, entry(pooler, "db"), "b").countOut();

            first.countOut();
            admit(pooler, entry(pooler, "db"), "a").countOut();
            second.countOut();
        }
    }

    @Test
    void allTogetherAreSoMany() {
        // The conversation itself is one connection.
        try (ClientConversation pooler = new ClientConversation("max_client_conn = 1\n" + DATABASES)) {
            admit(pooler, entry(pooler, "db"), "a").countOut();
            ClientLogin another = new ClientLogin(
                    pooler.services,
                    pooler.console,
                    new ClientHandler(
                            pooler.services,
                            pooler.console,
                            pooler.worker(),
                            Listener.Kind.CLIENTS,
                            ClientConversation.OPTIONS),
                    pooler.worker(),
                    pooler.channel(),
                    Listener.Kind.CLIENTS);

            assertTurnedAway(pooler, "db", "a", "max_client_conn");

            another.onPeerClosed();
            admit(pooler, entry(pooler, "db"), "a").countOut();
        }
    }

    @Test
    void aPoolerThatEndsTakesNobody() {
        try (ClientConversation pooler = new ClientConversation(DATABASES)) {
            pooler.services.close();

            assertThatThrownBy(() -> admit(pooler, entry(pooler, "db"), "a"))
                    .hasMessageContaining("pooler is shutting down");
        }
    }

    @Test
    void aDatabaseThatIsNotThereIsNoReasonToTurnAnybodyAway() {
        try (ClientConversation pooler = new ClientConversation(DATABASES)) {
            ClientAdmission admission = admit(pooler, null, "a");
            assertThat(pooler.pools.registry.user("a").clients()).isEqualTo(1);

            admission.countOut();

            assertThat(pooler.pools.registry.users()).isEmpty();
        }
    }

    @Test
    void countingOutTwiceCountsOnce() {
        try (ClientConversation pooler = new ClientConversation(DATABASES)) {
            PooledDatabase database = pooler.pools.registry.database(entry(pooler, "db"));
            ClientAdmission stays = admit(pooler, entry(pooler, "db"), "a");
            ClientAdmission goes = admit(pooler, entry(pooler, "db"), "a");

            goes.countOut();
            goes.countOut();

            assertThat(database.group().clients()).isEqualTo(1);
            assertThat(pooler.pools.registry.user("a").clients()).isEqualTo(1);
            stays.countOut();
        }
    }

    @Test
    void namesTriedByStrangersLeaveNothingBehind() {
        try (ClientConversation pooler =
                new ClientConversation("max_user_client_connections = 1\n[databases]\n* = host=127.0.0.1\n")) {
            admit(pooler, entry(pooler, "made_up"), "made_up_too").countOut();

            assertThat(pooler.pools.registry.databases()).isEmpty();
            assertThat(pooler.pools.registry.users()).isEmpty();
        }
    }

    @Test
    void nobodyNewIsLetInWhenMemoryRunsShort() {
        try (ClientConversation pooler = new ClientConversation(DATABASES)) {
            ClientAdmission early = admit(pooler, entry(pooler, "db"), "a");

            pooler.memoryUsed = ClientConversation.MEMORY;
            ClientAdmission late = new ClientAdmission(pooler.services);
            assertThatThrownBy(() -> late.admit(entry(pooler, "db"), "a"))
                    .isInstanceOfSatisfying(ProtocolViolation.class, violation -> {
                        assertThat(violation.error().sqlState()).isEqualTo("53200");
                        assertThat(violation.error().message()).isEqualTo("out of memory");
                    });
            late.countOut();
            assertThat(pooler.pools
                            .registry
                            .database(entry(pooler, "db"))
                            .group()
                            .clients())
                    .isEqualTo(1);

            pooler.memoryUsed = 0;
            admit(pooler, entry(pooler, "db"), "a").countOut();
            early.countOut();
        }
    }
}
