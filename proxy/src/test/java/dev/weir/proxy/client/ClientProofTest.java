package dev.weir.proxy.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.proxy.auth.ClientAuthentication;
import dev.weir.proxy.auth.ClientAuthentication.Outcome;
import dev.weir.proxy.auth.StoredSecret;
import dev.weir.proxy.testkit.Frontend;
import dev.weir.proxy.wire.ProtocolViolation;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ClientProofTest {

    private static final byte[] RIGHT = ClientConversation.password("secret");

    private final ByteBuf out = Unpooled.buffer();

    @AfterEach
    void release() {
        assertThat(out.release()).isTrue();
    }

    private static ClientConversation poolerWith(String authType) {
        return new ClientConversation("auth_type = " + authType + "\n[databases]\ndb = host=127.0.0.1\n");
    }

    @ParameterizedTest
    @CsvSource({"plain, 3", "md5, 5", "scram-sha-256, 10"})
    void asksForWhatAuthTypeSays(String authType, int request) {
        try (ClientConversation pooler = poolerWith(authType)) {
            for (String user : new String[] {"user", "stranger"}) {
                out.clear();

                assertThat(ClientProof.of(user, pooler.services).start(out)).isInstanceOf(Outcome.Continue.class);

                assertThat(out.getByte(0)).isEqualTo((byte) 'R');
                assertThat(out.getInt(5)).isEqualTo(request);
            }
        }
    }

    @Test
    void trustAsksNobodyWhoIsKnown() {
        try (ClientConversation pooler = poolerWith("trust")) {
            assertThat(ClientProof.of("user", pooler.services).start(out)).isInstanceOf(Outcome.Success.class);
        }
    }

    @Test
    void knowsWhatIsStoredOfAUser() {
        try (ClientConversation pooler = poolerWith("plain")) {
            assertThat(ClientProof.of("user", pooler.services).secret())
                    .isEqualTo(new StoredSecret.Plaintext("secret"));
            assertThat(ClientProof.of("stranger", pooler.services).secret()).isNull();
        }
    }

    @Test
    void waitsUntilThePasswordHasComeWholeAndTakesNothingElse() {
        try (ClientConversation pooler = poolerWith("plain")) {
            ClientProof proof = ClientProof.of("user", pooler.services);
            proof.start(out);
            ByteBuf in = Unpooled.buffer();
            for (int i = 0; i < RIGHT.length - 1; i++) {
                in.writeByte(RIGHT[i]);
                assertThat(proof.read(in, out)).isNull();
                assertThat(in.readerIndex()).isZero();
            }
            in.writeByte(RIGHT[RIGHT.length - 1]).writeBytes(Frontend.query("next"));

            assertThat(proof.read(in, out)).isInstanceOf(Outcome.Success.class);

            assertThat(in.getByte(in.readerIndex())).isEqualTo((byte) 'Q');
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
        ClientProof proof = ClientProof.of("user", pooler.services);
        proof.start(out);
        ByteBuf in = Unpooled.wrappedBuffer(message);

        assertThatThrownBy(() -> proof.read(in, out))
                .isInstanceOf(ProtocolViolation.class)
                .hasMessageContaining(text);
        in.release();
    }

    @Test
    void theLongestPasswordIsLookedAt() {
        try (ClientConversation pooler = poolerWith("plain")) {
            ClientProof proof = ClientProof.of("user", pooler.services);
            proof.start(out);
            ByteBuf in = Unpooled.wrappedBuffer(
                    ClientConversation.password("x".repeat(ClientAuthentication.MAX_PASSWORD_BODY_BYTES - 1)));

            assertThat(proof.read(in, out)).isInstanceOf(Outcome.Failure.class);
            in.release();
        }
    }
}
