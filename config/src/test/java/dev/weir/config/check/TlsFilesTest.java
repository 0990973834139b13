package dev.weir.config.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.config.Compatibility;
import dev.weir.config.SslMode;
import dev.weir.config.TestKeys;
import dev.weir.config.WeirConfig;
import dev.weir.config.setting.GeneralSettings;
import dev.weir.config.setting.TlsSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the files of TLS have to be, and how it is told that they are not.
class TlsFilesTest {
    @TempDir
    Path directory;

    @BeforeEach
    void writeFiles() throws IOException {
        TestKeys.RSA.writeTo(directory.resolve("rsa.key"), directory.resolve("rsa.crt"));
        TestKeys.EC.writeTo(directory.resolve("ec.key"), directory.resolve("ec.crt"));
        Files.writeString(directory.resolve("text"), "nothing of the kind");
        Files.writeString(directory.resolve("broken.crt"), TestKeys.pem("CERTIFICATE", new byte[] {1, 2, 3}));
    }

    private Loaded load(String... lines) throws IOException {
        Path file = Files.writeString(
                directory.resolve("weir.ini"),
                "[databases]\napp =\n[pgbouncer]\nauth_type = any\n" + String.join("\n", lines) + "\n");
        return ConfigLoader.load(file, Map.of());
    }

    private List<String> errors(String... lines) throws IOException {
        return load(lines).errors().stream()
                .map(problem -> problem.origin().line() + ": " + problem.description())
                .toList();
    }

    @Test
    void readsWhatIsThere() throws IOException {
        WeirConfig config = Objects.requireNonNull(load(
                        "client_tls_sslmode = verify-full",
                        "client_tls_key_file = rsa.key",
                        "client_tls_cert_file = rsa.crt",
                        "client_tls_ca_file = ec.crt")
                .config());
        assertThat(Objects.requireNonNull(config.tls().clients().identity()).certificate())
                .isEqualTo(TestKeys.RSA.certificate());
        assertThat(config.tls().clients().authorities()).containsExactly(TestKeys.EC.certificate());
        assertThat(config.tls().servers().mode()).isEqualTo(SslMode.PREFER);
    }

    @Test
    void asksForWhatIsNeeded() throws IOException {
        assertThat(errors("client_tls_sslmode = verify-ca"))
                .containsExactly(
                        "5: client_tls_sslmode: verify-ca needs client_tls_key_file",
                        "5: client_tls_sslmode: verify-ca needs client_tls_cert_file",
                        "5: client_tls_sslmode: verify-ca needs client_tls_ca_file");
        assertThat(errors("server_tls_key_file = rsa.key"))
                .containsExactly("5: server_tls_key_file: is of no use without server_tls_cert_file");
        assertThat(errors("server_tls_negotiation = direct"))
                .singleElement()
                .asString()
                .contains("server_tls_sslmode prefer");
    }

    @Test
    void saysWhatIsWrongWithAFile() throws IOException {
        assertThat(errors(
                        "client_tls_sslmode = verify-ca",
                        "client_tls_key_file = text",
                        "client_tls_cert_file = broken.crt",
                        "client_tls_ca_file = missing"))
                .containsExactly(
                        "6: client_tls_key_file: text: there is no private key in it",
                        "7: client_tls_cert_file: broken.crt: certificate 1 in it is broken",
                        "8: client_tls_ca_file: missing: no such file");
        assertThat(errors(
                        "client_tls_sslmode = allow", "client_tls_key_file = ec.key", "client_tls_cert_file = rsa.crt"))
                .containsExactly("6: client_tls_key_file: ec.key is not the key of the certificate in rsa.crt");
    }

    @Test
    void filesAreLeftAloneWithoutTls() throws IOException {
        assertThat(errors("client_tls_key_file = missing", "server_tls_ca_file = missing"))
                .isEmpty();
        assertThat(errors("server_tls_sslmode = disable", "server_tls_key_file = missing"))
                .isEmpty();
    }

    @Test
    void setReadsTheFilesToo() throws IOException {
        WeirConfig config = Objects.requireNonNull(load(
                        "client_tls_key_file = " + directory.resolve("rsa.key"),
                        "client_tls_cert_file = " + directory.resolve("rsa.crt"))
                .config());
        assertThat(SetCommand.apply(config, "client_tls_sslmode", "require"))
                .isInstanceOfSatisfying(
                        SetCommand.Outcome.Changed.class,
                        changed -> assertThat(changed.config().tls().clients().isRequired())
                                .isTrue());
        WeirConfig broken = config.withGlobal(TlsSettings.CLIENT_TLS_KEY_FILE, "missing");
        assertThat(SetCommand.apply(broken, "client_tls_sslmode", "require"))
                .as("from an ini file, as PgBouncer does")
                .isInstanceOfSatisfying(
                        SetCommand.Outcome.TlsKept.class,
                        kept -> assertThat(kept.reason()).contains("no such file"));
        assertThat(SetCommand.apply(
                        broken.withGlobal(GeneralSettings.COMPATIBILITY, Compatibility.WEIR),
                        "client_tls_sslmode",
                        "require"))
                .isInstanceOfSatisfying(
                        SetCommand.Outcome.Refused.class,
                        refused -> assertThat(refused.reason()).contains("no such file"));
    }
}
