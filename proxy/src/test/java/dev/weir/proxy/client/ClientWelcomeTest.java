package dev.weir.proxy.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.testkit.Frontend;
import dev.weir.proxy.testkit.Message;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ClientWelcomeTest {

    private static final String TRUST = "auth_type = trust\n[databases]\ndb = host=127.0.0.1\n";

    private static List<Message> welcome(ClientConversation client, byte[] startup) {
        client.send(startup);
        client.letIn();
        return client.messages();
    }

    private static String text(Message message) {
        return new String(message.body(), StandardCharsets.UTF_8);
    }

    @Test
    void endsInReadyForQueryOutsideOfATransaction() {
        try (ClientConversation client = new ClientConversation(TRUST)) {
            List<Message> welcome = welcome(client, ClientConversation.STARTUP);

            assertThat(welcome.getFirst().body()).as("AuthenticationOk").containsExactly(0, 0, 0, 0);
            assertThat(welcome.getLast().transactionStatus()).isEqualTo('I');
        }
    }

    @Test
    void tellsWhatTheServerReportsUnlessTheClientHasSetItItself() {
        try (ClientConversation client = new ClientConversation(TRUST)) {
            byte[] startup = ClientConversation.startup(
                    Map.of("user", "user", "database", "db", "timezone", "Asia/Tokyo", "work_mem", "3MB"));

            assertThat(welcome(client, startup))
                    .as("a server tries the settings first")
                    .isEmpty();
            client.pools.backends.getLast().receive(new byte[] {'Z', 0, 0, 0, 5, 'I'});

            assertThat(client.messages().stream()
                            .filter(message -> message.type() == 'S')
                            .map(ClientWelcomeTest::text))
                    .containsExactly("TimeZone\0Asia/Tokyo\0");
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 4", "1, 4", "2, 32", "7, 32"})
    void theKeyIsAsLongAsTheProtocolAllowsAndCancels(int minor, int secretBytes) {
        try (ClientConversation client = new ClientConversation(TRUST)) {
            byte[] startup = Frontend.startup(3 << 16 | minor, Map.of("user", "user", "database", "db"));

            Message key = welcome(client, startup).stream()
                    .filter(message -> message.type() == 'K')
                    .findFirst()
                    .orElseThrow();

            byte[] secret = Arrays.copyOfRange(key.body(), 4, key.body().length);
            assertThat(secret).hasSize(secretBytes);
            assertThat(client.cancelKeys.find(ByteBuffer.wrap(key.body()).getInt(), secret))
                    .isSameAs(
                            client.clients.sessions(client.worker()).iterator().next());
            client.hangUp();
            assertThat(client.cancelKeys.find(ByteBuffer.wrap(key.body()).getInt(), secret))
                    .isNull();
        }
    }

    @Test
    void aNoticeIsGivenIfThereIsOne() {
        try (ClientConversation client = new ClientConversation("login_notify_message = maintenance at 9\n" + TRUST)) {
            List<Message> welcome = welcome(client, ClientConversation.STARTUP);

            assertThat(welcome.get(welcome.size() - 2).text()).isEqualTo("maintenance at 9");
        }
    }

    @Test
    void theLoginIsCounted() {
        try (ClientConversation client = new ClientConversation(TRUST)) {
            welcome(client, ClientConversation.STARTUP);

            assertThat(client.pools.pool("db", "user").shard(client.worker()).counters().clientLogins)
                    .isEqualTo(1);
        }
    }
}
