package dev.weir.config.setting;

import static dev.weir.config.setting.SettingBuilder.global;

import dev.weir.config.SslMode;
import java.util.EnumSet;

/// TLS towards clients and towards servers.
public final class TlsSettings {
    static final SettingTable TABLE = new SettingTable("TLS");

    private static final EnumSet<SslMode> WITHOUT_TLS = EnumSet.of(SslMode.DISABLE, SslMode.ALLOW, SslMode.PREFER);

    public static final Setting<SslMode> CLIENT_TLS_SSLMODE = global(
                    "client_tls_sslmode", ValueTypes.choice(SslMode.class), SslMode.DISABLE)
            .since("1.7")
            .missing()
            .doc(TABLE, "Whether clients may or must use TLS.");
    public static final Setting<String> CLIENT_TLS_KEY_FILE =
            file("client_tls_key_file", "The private key shown to " + "clients.");
    public static final Setting<String> CLIENT_TLS_CERT_FILE =
            file("client_tls_cert_file", "The certificate shown " + "to clients.");
    public static final Setting<String> CLIENT_TLS_CA_FILE =
            file("client_tls_ca_file", "The authorities whose " + "certificates clients may show.");
    public static final Setting<String> CLIENT_TLS_PROTOCOLS =
            text("client_tls_protocols", "1.7", "secure", "The versions of TLS for clients.");
    public static final Setting<String> CLIENT_TLS_CIPHERS =
            text("client_tls_ciphers", "1.7", "default", "The ciphers for clients up to TLS 1.2.");
    public static final Setting<String> CLIENT_TLS13_CIPHERS =
            text("client_tls13_ciphers", "1.25", "", "The cipher suites for clients with TLS 1.3.");
    public static final Setting<String> CLIENT_TLS_ECDHCURVE =
            text("client_tls_ecdhcurve", "1.7", "auto", "The curve for key exchange with clients.");
    public static final Setting<String> CLIENT_TLS_DHEPARAMS =
            text("client_tls_dheparams", "1.7", "auto", "The Diffie-Hellman parameters for key exchange with clients.");
    public static final Setting<SslMode> SERVER_TLS_SSLMODE = global(
                    "server_tls_sslmode", ValueTypes.choice(SslMode.class), SslMode.PREFER)
            .since("1.7")
            .supports("`disable`, `allow` and `prefer`, all of them without TLS", WITHOUT_TLS::contains)
            .doc(TABLE, "Whether servers may or must use TLS.");
    public static final Setting<String> SERVER_TLS_KEY_FILE =
            file("server_tls_key_file", "The private key shown to " + "servers.");
    public static final Setting<String> SERVER_TLS_CERT_FILE =
            file("server_tls_cert_file", "The certificate shown " + "to servers.");
    public static final Setting<String> SERVER_TLS_CA_FILE =
            file("server_tls_ca_file", "The authorities whose " + "certificates servers may show.");
    public static final Setting<String> SERVER_TLS_PROTOCOLS =
            text("server_tls_protocols", "1.7", "secure", "The versions of TLS for servers.");
    public static final Setting<String> SERVER_TLS_CIPHERS =
            text("server_tls_ciphers", "1.7", "default", "The ciphers for servers up to TLS 1.2.");
    public static final Setting<String> SERVER_TLS13_CIPHERS =
            text("server_tls13_ciphers", "1.25", "", "The cipher suites for servers with TLS 1.3.");

    private TlsSettings() {}

    private static Setting<String> file(String name, String documentation) {
        return global(name, ValueTypes.PATH, "").since("1.7").missing().doc(TABLE, documentation);
    }

    private static Setting<String> text(String name, String since, String defaultValue, String documentation) {
        return global(name, ValueTypes.TEXT, defaultValue)
                .since(since)
                .missing()
                .doc(TABLE, documentation);
    }
}
