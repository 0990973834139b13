package dev.weir.config.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.config.TestKeys;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Private keys in every form that they come in.
class PrivateKeysTest {
    private static final int OCTET_STRING = 4;
    private static final byte[] PRIME256V1 = {6, 8, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 3, 1, 7};

    /// The key within PKCS #8, which is the last thing in it: an octet string.
    private static byte[] inner(byte[] pkcs8) {
        int at = 0;
        at = content(pkcs8, at); // the sequence
        at = content(pkcs8, at) + 1; // the version
        int algorithm = content(pkcs8, at);
        at = algorithm + length(pkcs8, at);
        assertThat(pkcs8[at]).isEqualTo((byte) OCTET_STRING);
        return Arrays.copyOfRange(pkcs8, content(pkcs8, at), content(pkcs8, at) + length(pkcs8, at));
    }

    private static int content(byte[] der, int at) {
        int length = der[at + 1] & 0xff;
        return at + 2 + (length < 0x80 ? 0 : length & 0x7f);
    }

    private static int length(byte[] der, int at) {
        int length = der[at + 1] & 0xff;
        if (length < 0x80) {
            return length;
        }
        int sum = 0;
        for (int i = at + 2; i < content(der, at); i++) {
            sum = sum * 256 + (der[i] & 0xff);
        }
        return sum;
    }

    @Test
    void readsPkcs8() throws BadTlsFile {
        for (TestKeys keys : new TestKeys[] {TestKeys.RSA, TestKeys.EC}) {
            String file = "a comment\n" + keys.certificatePem() + keys.keyPem();
            assertThat(PrivateKeys.read(file)).isEqualTo(keys.key());
        }
    }

    @Test
    void readsTheOlderFormOfRsaKeys() throws BadTlsFile {
        String pem = TestKeys.pem("RSA PRIVATE KEY", inner(TestKeys.RSA.key().getEncoded()));
        assertThat(PrivateKeys.read(pem)).isEqualTo(TestKeys.RSA.key());
    }

    // The key in PKCS #8 does not repeat its curve, one on its own does: SEQUENCE { 1, key, [0] curve }
    @Test
    void readsTheOlderFormOfKeysOfCurves() throws BadTlsFile {
        byte[] bare = inner(TestKeys.EC.key().getEncoded());
        int key = content(bare, 0) + 3;
        byte[] secret = Arrays.copyOfRange(bare, key, content(bare, key) + length(bare, key));
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.writeBytes(new byte[] {2, 1, 1});
        body.writeBytes(secret);
        body.write(0xa0);
        body.write(PRIME256V1.length);
        body.writeBytes(PRIME256V1);
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        whole.write(0x30);
        whole.write(body.size());
        whole.writeBytes(body.toByteArray());
        String pem = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n"
                + TestKeys.pem("EC PRIVATE KEY", whole.toByteArray());
        assertThat(PrivateKeys.match(
                        PrivateKeys.read(pem), TestKeys.EC.certificate().getPublicKey()))
                .isTrue();
    }

    static List<String> wrongFiles() {
        return List.of(
                "",
                "no key",
                TestKeys.pem("PRIVATE KEY", new byte[3]),
                TestKeys.pem("PRIVATE KEY", new byte[3]).replace("-----END", ""),
                TestKeys.pem("EC PRIVATE KEY", new byte[] {0x30, 0}),
                TestKeys.pem("EC PRIVATE KEY", new byte[] {0x30, (byte) 0x84}),
                TestKeys.pem("DSA PRIVATE KEY", new byte[] {0x30, 0}));
    }

    @ParameterizedTest
    @MethodSource("wrongFiles")
    void refusesWhatIsNoKey(String pem) {
        assertThatThrownBy(() -> PrivateKeys.read(pem)).isInstanceOf(BadTlsFile.class);
    }

    static List<String> encryptedFiles() {
        String older = TestKeys.pem("RSA PRIVATE KEY", new byte[3]);
        return List.of(
                TestKeys.pem("ENCRYPTED PRIVATE KEY", new byte[3]),
                older.replace("KEY-----\nA", "KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nA"));
    }

    @ParameterizedTest
    @MethodSource("encryptedFiles")
    void saysSoOfKeysThatAreEncrypted(String pem) {
        assertThatThrownBy(() -> PrivateKeys.read(pem)).hasMessageContaining("the key is encrypted");
    }

    @Test
    void knowsWhetherKeyAndCertificateBelongTogether() {
        assertThat(PrivateKeys.match(
                        TestKeys.RSA.key(), TestKeys.RSA.certificate().getPublicKey()))
                .isTrue();
        assertThat(PrivateKeys.match(
                        TestKeys.EC.key(), TestKeys.EC.certificate().getPublicKey()))
                .isTrue();
        assertThat(PrivateKeys.match(
                        TestKeys.RSA.key(), TestKeys.EC.certificate().getPublicKey()))
                .isFalse();
        assertThat(PrivateKeys.match(
                        TestKeys.EC.key(), TestKeys.RSA.certificate().getPublicKey()))
                .isFalse();
    }
}
