package dev.weir.config.setting;

import static dev.weir.config.setting.SettingBuilder.global;

import dev.weir.config.ChannelBinding;
import dev.weir.config.SslMode;
import dev.weir.config.TlsEngineKind;
import dev.weir.config.TlsNegotiation;
import dev.weir.config.tls.CipherList;
import dev.weir.config.tls.KeyExchangeGroup;
import dev.weir.config.tls.TlsVersion;
import java.util.List;
import java.util.Set;

/// TLS towards clients and towards servers.
public final class TlsSettings {
    static final SettingTable TABLE = new SettingTable("TLS");

    private static final ParsedTextType VERSIONS = new ParsedTextType(
            "list of TLS versions",
            "a list of tlsv1.0, tlsv1.1, tlsv1.2, tlsv1.3, secure, all and legacy, taken away again with a ! before",
            TlsVersion::parse);
    private static final ParsedTextType CIPHERS = new ParsedTextType(
            "cipher list",
            "names of ciphers and words for several, as OpenSSL has them, with : between",
            CipherList::parse);
    private static final ParsedTextType CIPHERS_13 = new ParsedTextType(
            "list of cipher suites",
            "some of TLS_AES_256_GCM_SHA384, TLS_CHACHA20_POLY1305_SHA256, TLS_AES_128_GCM_SHA256, with : between",
            CipherList::parseTls13);
    private static final ParsedTextType GROUPS = new ParsedTextType(
            "list of curves",
            "auto or some of X25519MLKEM768, X25519, prime256v1, secp384r1, secp521r1, with : between",
            KeyExchangeGroup::parse);

    private static final String NO_DHE = "Nobody exchanges keys by finite-field Diffie-Hellman; the others are used.";

    public static final Setting<SslMode> CLIENT_TLS_SSLMODE = global(
                    "client_tls_sslmode", ValueTypes.choice(SslMode.class), SslMode.DISABLE)
            .since("1.7")
            .doc(
                    TABLE,
                    "Whether clients may (`allow`, `prefer`) or must (`require` and above) use TLS over TCP; with "
                            + "`verify-ca` and `verify-full` they must also show a certificate that "
                            + "`client_tls_ca_file` vouches for. Never on Unix sockets. See [tls.md](tls.md).");
    public static final Setting<String> CLIENT_TLS_KEY_FILE = file(
            "client_tls_key_file",
            "The private key shown to clients, in PEM; read anew by RELOAD, as every file here.");
    public static final Setting<String> CLIENT_TLS_CERT_FILE = file(
            "client_tls_cert_file",
            "The certificate shown to clients, in PEM, with those that vouch for it behind it.");
    public static final Setting<String> CLIENT_TLS_CA_FILE =
            file("client_tls_ca_file", "The authorities that vouch for certificates of clients.");
    public static final Setting<String> CLIENT_TLS_PROTOCOLS = parsed(
            "client_tls_protocols",
            "1.7",
            VERSIONS,
            "secure",
            "The versions of TLS for clients; `secure` is 1.2 and 1.3.");
    public static final Setting<String> CLIENT_TLS_CIPHERS =
            parsed("client_tls_ciphers", "1.7", CIPHERS, "default", "The ciphers for clients up to TLS 1.2.");
    public static final Setting<String> CLIENT_TLS13_CIPHERS = global("client_tls13_ciphers", CIPHERS_13, "")
            .since("1.25")
            .nullWhenEmpty()
            .doc(TABLE, "The cipher suites for clients with TLS 1.3; empty for all.");
    public static final Setting<String> CLIENT_TLS_ECDHCURVE = parsed(
            "client_tls_ecdhcurve",
            "1.7",
            GROUPS,
            "auto",
            "The curves for the exchange of keys with clients, the preferred one first.");
    public static final Setting<String> CLIENT_TLS_DHEPARAMS = global("client_tls_dheparams", ValueTypes.TEXT, "auto")
            .since("1.7")
            .noEffect()
            .differs(NO_DHE)
            .doc(TABLE, "The Diffie-Hellman parameters for the exchange of keys with clients.");
    public static final Setting<Boolean> CLIENT_TLS_CHANNEL_BINDING = global(
                    "client_tls_channel_binding", ValueTypes.BOOLEAN, true)
            .weir()
            .doc(
                    TABLE,
                    "Whether clients with TLS are offered SCRAM-SHA-256-PLUS. To be switched off where something "
                            + "between them and Weir ends their TLS connections and opens others.");
    public static final Setting<SslMode> SERVER_TLS_SSLMODE = global(
                    "server_tls_sslmode", ValueTypes.choice(SslMode.class), SslMode.PREFER)
            .since("1.7")
            .doc(
                    TABLE,
                    "Whether servers may (`allow`, `prefer`: where they offer it) or must (`require` and above) use "
                            + "TLS over TCP; with `verify-ca` they must show a certificate that "
                            + "`server_tls_ca_file` vouches for, with `verify-full` it must also name the `host` "
                            + "of the database. A change closes server connections as they become free.");
    public static final Setting<String> SERVER_TLS_KEY_FILE =
            file("server_tls_key_file", "The private key shown to servers that ask for a certificate.");
    public static final Setting<String> SERVER_TLS_CERT_FILE =
            file("server_tls_cert_file", "The certificate shown to servers that ask for one.");
    public static final Setting<String> SERVER_TLS_CA_FILE = file(
            "server_tls_ca_file",
            "The authorities that vouch for certificates of servers. Unset: those that the JDK trusts.");
    public static final Setting<String> SERVER_TLS_PROTOCOLS =
            parsed("server_tls_protocols", "1.7", VERSIONS, "secure", "The versions of TLS for servers.");
    public static final Setting<String> SERVER_TLS_CIPHERS =
            parsed("server_tls_ciphers", "1.7", CIPHERS, "default", "The ciphers for servers up to TLS 1.2.");
    public static final Setting<String> SERVER_TLS13_CIPHERS = global("server_tls13_ciphers", CIPHERS_13, "")
            .since("1.25")
            .nullWhenEmpty()
            .doc(TABLE, "The cipher suites for servers with TLS 1.3; empty for all.");
    public static final Setting<TlsNegotiation> SERVER_TLS_NEGOTIATION = global(
                    "server_tls_negotiation", ValueTypes.choice(TlsNegotiation.class), TlsNegotiation.POSTGRES)
            .weir()
            .doc(
                    TABLE,
                    "How TLS with servers begins: by a request (`postgres`), or at once (`direct`), which saves a "
                            + "round trip and needs PostgreSQL 17 and a `server_tls_sslmode` of `require` or above.");
    public static final Setting<ChannelBinding> SERVER_TLS_CHANNEL_BINDING = global(
                    "server_tls_channel_binding", ValueTypes.choice(ChannelBinding.class), ChannelBinding.PREFER)
            .weir()
            .doc(
                    TABLE,
                    "Whether logins at servers with TLS use SCRAM-SHA-256-PLUS: never, where it is offered, or "
                            + "nothing else.");
    public static final Setting<SslMode> PEER_TLS_SSLMODE = global(
                    "peer_tls_sslmode", ValueTypes.choice(SslMode.class), SslMode.DISABLE)
            .weir()
            .doc(
                    TABLE,
                    "The same for the peers in `[peers]`, to which cancel requests are passed on: PgBouncer never "
                            + "encrypts these. The files and lists of the `server_tls_` settings count for them too.");
    public static final Setting<TlsEngineKind> TLS_ENGINE = global(
                    "tls_engine", ValueTypes.choice(TlsEngineKind.class), TlsEngineKind.AUTO)
            .weir()
            .needsRestart()
            .doc(
                    TABLE,
                    "Who does the cryptography: BoringSSL, or the JDK, which is slower. `auto`: BoringSSL where its "
                            + "library can be loaded.");

    /// What server connections depend on; the contents of files apart.
    private static final Set<Setting<?>> OF_SERVERS = Set.of(
            SERVER_TLS_SSLMODE,
            SERVER_TLS_KEY_FILE,
            SERVER_TLS_CERT_FILE,
            SERVER_TLS_CA_FILE,
            SERVER_TLS_PROTOCOLS,
            SERVER_TLS_CIPHERS,
            SERVER_TLS13_CIPHERS,
            SERVER_TLS_NEGOTIATION,
            SERVER_TLS_CHANNEL_BINDING);

    private TlsSettings() {}

    /// The values that server connections depend on, to be compared.
    public static List<Object> ofServers(SettingValues values) {
        return TABLE.settings().stream()
                .filter(OF_SERVERS::contains)
                .<Object>map(values::get)
                .toList();
    }

    /// Whether a setting is one of these.
    public static boolean contains(Setting<?> setting) {
        return TABLE.settings().contains(setting);
    }

    private static Setting<String> file(String name, String documentation) {
        return global(name, ValueTypes.PATH, "").since("1.7").doc(TABLE, documentation);
    }

    private static Setting<String> parsed(
            String name, String since, ParsedTextType type, String defaultValue, String documentation) {
        return global(name, type, defaultValue).since(since).doc(TABLE, documentation);
    }
}
