package dev.weir.proxy.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.proxy.auth.ClientAuthentication;
import dev.weir.proxy.auth.StoredSecret;
import dev.weir.proxy.testkit.Frontend;
import dev.weir.proxy.wire.PgError;
import dev.weir.proxy.wire.ProtocolViolation;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ClientProofTest {

    private static final byte[] RIGHT = ClientConversation.password("secret");

    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final Heard heard = new Heard();

    private static final class Heard implements ClientProof.Listener {
        @Nullable
        ClientIdentity proved;

        @Nullable
        PgError refused;

        @Nullable
        String reason;

        @Override
        public void onProved(ClientIdentity identity) {
            proved = identity;
        }

        @Override
        public void onRequested() {}

        @Override
        public void onRefused(PgError error, @Nullable String why) {
            refused = error;
            reason = why;
        }
    }

    @AfterEach
    void release() {
        channel.finishAndReleaseAll();
    }

    private static ClientConversation poolerWith(String authType) {
        return new ClientConversation("auth_type = " + authType + "\n[databases]\ndb = host=127.0.0.1\n");
    }

    private ClientProof begin(ClientConversation pooler, String user) {
        LoginAttempt attempt = new LoginAttempt(
                "client",
                user,
                "db",
                pooler.services.config().findDatabase("db"),
                false,
                pooler.worker(),
                channel,
                null);
        ClientProof proof = new ClientProof(attempt, pooler.services, heard);
        proof.begin();
        return proof;
    }

    @ParameterizedTest
    @CsvSource({"plain, 3", "md5, 5", "scram-sha-256, 10", "pam, 3"})
    void asksForWhatAuthTypeSays(String authType, int request) {
        try (ClientConversation pooler = poolerWith(authType)) {
            for (String user : new String[] {"user", "stranger"}) {
                begin(pooler, user);

                ByteBuf out = Objects.requireNonNull(channel.readOutbound());
                assertThat(out.getByte(0)).isEqualTo((byte) 'R');
                assertThat(out.getInt(5)).isEqualTo(request);
                out.release();
            }
        }
    }

    @Test
    void trustAsksNobodyWhoIsKnown() {
        try (ClientConversation pooler = poolerWith("trust")) {
            begin(pooler, "user");

            assertThat(Objects.requireNonNull(heard.proved).user()).isEqualTo("user");
        }
    }

    @Test
    void knowsWhatIsStoredOfAUser() {
        try (ClientConversation pooler = poolerWith("trust")) {
            begin(pooler, "user");
            ClientIdentity identity = Objects.requireNonNull(heard.proved);
            assertThat(identity.stored()).isEqualTo(new StoredSecret.Plaintext("secret"));
            assertThat(identity.foreign()).isFalse();

            begin(pooler, "stranger");
            assertThat(heard.reason).isEqualTo("no such user");
        }
    }

    @Test
    void waitsUntilThePasswordHasComeWholeAndTakesNothingElse() {
        try (ClientConversation pooler = poolerWith("plain")) {
            ClientProof proof = begin(pooler, "user");
            ByteBuf in = Unpooled.buffer();
            for (int i = 0; i < RIGHT.length - 1; i++) {
                in.writeByte(RIGHT[i]);
                assertThat(proof.read(in)).isFalse();
                assertThat(in.readerIndex()).isZero();
            }
            in.writeByte(RIGHT[RIGHT.length - 1]).writeBytes(Frontend.query("next"));

            assertThat(proof.read(in)).isTrue();

            assertThat(heard.proved).isNotNull();
            assertThat(in.getByte(in.readerIndex())).isEqualTo((byte) 'Q');
            assertThat(proof.read(in)).isFalse();
            in.release();
        }
    }

    @Test
    void aMessageOfAnotherTypeIsNoPassword() {
        try (ClientConversation pooler = poolerWith("plain")) {
            assertRefused(pooler, Frontend.query("SELECT 1"), "expected a password message");
        }
    }

    @ParameterizedTest
    @ValueSource(
            ints = {3, 0, -1, Integer.MIN_VALUE, Integer.MAX_VALUE, ClientAuthentication.MAX_PASSWORD_BODY_BYTES + 4 + 1
            })
    void anImpossibleLengthIsRefusedBeforeTheRestHasCome(int length) {
        try (ClientConversation pooler = poolerWith("plain")) {
            assertRefused(pooler, Frontend.lying('p', length), "invalid length of password message");
        }
    }

    private void assertRefused(ClientConversation pooler, byte[] message, String text) {
        ClientProof proof = begin(pooler, "user");
        ByteBuf in = Unpooled.wrappedBuffer(message);

        assertThatThrownBy(() -> proof.read(in))
                .isInstanceOf(ProtocolViolation.class)
                .hasMessageContaining(text);
        in.release();
    }

    @Test
    void theLongestPasswordIsLookedAt() {
        try (ClientConversation pooler = poolerWith("plain")) {
            ClientProof proof = begin(pooler, "user");
            ByteBuf in = Unpooled.wrappedBuffer(
                    ClientConversation.password("x".repeat(ClientAuthentication.MAX_PASSWORD_BODY_BYTES - 1)));

            proof.read(in);

            assertThat(heard.reason).isEqualTo("wrong password");
            in.release();
        }
    }

    @Test
    void whoHasGoneHearsNothing() {
        try (ClientConversation pooler = poolerWith("scram-sha-256")) {
            ClientProof proof = begin(pooler, "user");

            proof.stop();

            ByteBuf in = Unpooled.wrappedBuffer(RIGHT);
            assertThat(proof.read(in)).isFalse();
            in.release();
            assertThat(heard.refused).isNull();
        }
    }
}
