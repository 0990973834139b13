package dev.weir.proxy.auth;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.proxy.wire.ProtocolViolation;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Both sides of SCRAM against the example of RFC 7677, section 3, and against each other.
final class ScramTest {
    private static final String CLIENT_NONCE = "rOprNGfwEbeRWgbNEkqO";
    private static final String SERVER_NONCE = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
    private static final String NONCE = CLIENT_NONCE + SERVER_NONCE;
    private static final byte[] SALT = Base64.getDecoder().decode("W22ZaJ0SNY7soEsUEjb6gQ==");
    private static final String CLIENT_FIRST = "n,,n=user,r=" + CLIENT_NONCE;
    private static final String SERVER_FIRST = "r=" + NONCE + ",s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
    private static final String PROOF = "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
    private static final String CLIENT_FINAL = "c=biws,r=" + NONCE + "," + PROOF;
    private static final String SERVER_FINAL = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";

    private final ScramKeys keys = ScramKeys.derive(bytes("pencil"), SALT, 4096);
    private final ScramServer server = new ScramServer(4096, SALT, SERVER_NONCE);
    private final ScramClient client = new ScramClient("user", CLIENT_NONCE);

    @Test
    void serverAnswersTheExampleOfTheRfc() {
        assertThat(text(server.onClientFirst(bytes(CLIENT_FIRST)))).isEqualTo(SERVER_FIRST);
        server.onClientFinal(bytes(CLIENT_FINAL));
        assertThat(server.verify(keys.storedKey())).isEqualTo(keys.clientKey());
        assertThat(text(server.serverFinal(keys.serverKey()))).isEqualTo(SERVER_FINAL);
    }

    @Test
    void clientSpeaksTheExampleOfTheRfc() {
        assertThat(text(client.clientFirst())).isEqualTo(CLIENT_FIRST);
        client.onServerFirst(bytes(SERVER_FIRST));
        assertThat(client.salt()).isEqualTo(SALT);
        assertThat(client.iterations()).isEqualTo(4096);
        assertThat(text(client.clientFinal(keys))).isEqualTo(CLIENT_FINAL);
        assertThat(client.onServerFinal(bytes(SERVER_FINAL))).isTrue();
    }

    @Test
    void serverRefusesAWrongProof() {
        server.onClientFirst(bytes(CLIENT_FIRST));
        server.onClientFinal(bytes(CLIENT_FINAL.replace("p=dHz", "p=eHz")));
        assertThat(server.verify(keys.storedKey())).isNull();
    }

    @Test
    void clientRefusesAServerThatDoesNotKnowTheSecret() {
        client.clientFirst();
        client.onServerFirst(bytes(SERVER_FIRST));
        client.clientFinal(keys);
        assertThat(client.onServerFinal(bytes("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G5=")))
                .isFalse();
        assertThat(client.onServerFinal(bytes(SERVER_FINAL.replace("v=6", "v=7"))))
                .isFalse();
        assertThatThrownBy(() -> client.onServerFinal(bytes("e=other-error"))).isInstanceOf(ProtocolViolation.class);
    }

    @Test
    void serverTakesAClientThatCouldBindAndExtensionsItMayIgnore() {
        ScramClient other = new ScramClient("user", CLIENT_NONCE);
        other.onServerFirst(server.onClientFirst(bytes("y,,n=user,r=" + CLIENT_NONCE + ",x=1,Y=")));
        other.clientFinal(keys);
        server.onClientFinal(bytes("c=eSws,r=" + NONCE + ",x=1," + PROOF));
        assertThat(server.verify(keys.storedKey()))
                .as("the proof is of another message")
                .isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "n",
                "n,",
                "n,,",
                "x,,n=,r=a",
                "p=tls-server-end-point,,n=,r=a",
                "n;,n=,r=a",
                "n,a=admin,n=,r=a",
                "n,x,n=,r=a",
                "n,,m=x,n=,r=a",
                "n,,r=a",
                "n,,r=a,n=",
                "n,,n=",
                "n,,n=,",
                "n,,n=,r=",
                "n,,n=,r=a b",
                "n,,n=,r=\u00e4",
                "n,,n=,r=\u007f",
                "n,,n=,r=a,",
                "n,,n=,r=a,m=x",
                "n,,n=,r=a,1=x",
                "n,,n=,r=a,x",
                "n,,n=\0,r=a",
                "N,,n=,r=a",
                " n,,n=,r=a"
            })
    void serverRefusesOtherFirstMessages(String message) {
        assertThatThrownBy(() -> server.onClientFirst(bytes(message))).isInstanceOf(ProtocolViolation.class);
    }

    @Test
    void boundsMessagesAndNonces() {
        assertThatThrownBy(() -> server.onClientFirst(bytes("n,,n=" + "x".repeat(4096) + ",r=a")))
                .isInstanceOf(ProtocolViolation.class);
        assertThatThrownBy(() -> server.onClientFirst(bytes("n,,n=,r=" + "x".repeat(1025))))
                .isInstanceOf(ProtocolViolation.class);
        assertThat(server.onClientFirst(bytes("n,,n=,r=" + "x".repeat(1000)))).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "c=biws",
                "c=biws,r=NONCE",
                "c=biws,r=NONCE,",
                "c=eSws,r=NONCE,PROOF",
                "c=biw,r=NONCE,PROOF",
                "c=cD10bHMs,r=NONCE,PROOF",
                "c=,r=NONCE,PROOF",
                "r=NONCE,c=biws,PROOF",
                "c=biws,r=NONCEx,PROOF",
                "c=biws,r=rOprNGfwEbeRWgbNEkqO,PROOF",
                "c=biws,PROOF,r=NONCE",
                "c=biws,r=NONCE,m=1,PROOF",
                "c=biws,r=NONCE,PROOF,x=1",
                "c=biws,r=NONCE,PROOF,",
                "c=biws,r=NONCE,PROOFx",
                "c=biws,r=NONCE,p=",
                "c=biws,r=NONCE,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ",
                "c=biws,r=NONCE,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVR=",
                "c=biws,r=NONCE,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7An",
                "c=biws,r=NONCE,p= dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
                "c=biws,,r=NONCE,PROOF"
            })
    void serverRefusesOtherFinalMessages(String message) {
        server.onClientFirst(bytes(CLIENT_FIRST));
        byte[] last = bytes(message.replace("NONCE", NONCE).replace("PROOF", PROOF));
        assertThatThrownBy(() -> server.onClientFinal(last)).isInstanceOf(ProtocolViolation.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "e=no",
                "r=NONCE",
                "r=other,s=YQ==,i=1",
                "r=rOprNGfwEbeRWgbNEkqO,s=YQ==,i=1",
                "r=NONCE,s=,i=1",
                "r=NONCE,s=YQ,i=1",
                "r=NONCE,s=YR==,i=1",
                "r=NONCE,s=YQ==,i=",
                "r=NONCE,s=YQ==,i=0",
                "r=NONCE,s=YQ==,i=-1",
                "r=NONCE,s=YQ==,i=+1",
                "r=NONCE,s=YQ==,i=01",
                "r=NONCE,s=YQ==,i=2000001",
                "r=NONCE,s=YQ==,i=99999999999999999999",
                "r=NONCE,i=1,s=YQ==",
                "m=1,r=NONCE,s=YQ==,i=1",
                "r=NONCE,s=YQ==,i=1,"
            })
    void clientRefusesOtherFirstMessages(String message) {
        client.clientFirst();
        assertThatThrownBy(() -> client.onServerFirst(bytes(message.replace("NONCE", NONCE))))
                .isInstanceOf(ProtocolViolation.class);
    }

    @Test
    void refusesToDeriveForever() {
        assertThatThrownBy(() -> ScramKeys.derive(bytes("x"), SALT, ScramKeys.MAX_ITERATIONS + 1))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ScramKeys.derive(bytes("x"), SALT, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    private static byte[] bytes(String text) {
        return ScramMessage.bytes(text);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, US_ASCII);
    }
}
