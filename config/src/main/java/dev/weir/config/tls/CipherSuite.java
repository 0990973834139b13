package dev.weir.config.tls;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A cipher suite up to TLS 1.2 under its two names, with the words by which OpenSSL's lists pick it. Those that give
/// no
/// secrecy or are broken (NULL, RC4, export …) are not among them, and nobody is served with them.
///
/// @param openSslName such as `ECDHE-RSA-AES256-GCM-SHA384`
/// @param name such as `TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384`
/// @param bits strength
/// @param words key exchange, authentication, cipher, integrity and the version that brought it, in upper case
public record CipherSuite(String openSslName, String name, int bits, Set<String> words) {
    /// All of them, in the order in which they are preferred.
    public static final List<CipherSuite> ALL = List.of(
            gcm("ECDHE-ECDSA-AES128-GCM-SHA256", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", 128),
            gcm("ECDHE-RSA-AES128-GCM-SHA256", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", 128),
            gcm("ECDHE-ECDSA-AES256-GCM-SHA384", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", 256),
            gcm("ECDHE-RSA-AES256-GCM-SHA384", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", 256),
            chaCha("ECDHE-ECDSA-CHACHA20-POLY1305", "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"),
            chaCha("ECDHE-RSA-CHACHA20-POLY1305", "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"),
            gcm("DHE-RSA-AES128-GCM-SHA256", "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256", 128),
            gcm("DHE-RSA-AES256-GCM-SHA384", "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384", 256),
            chaCha("DHE-RSA-CHACHA20-POLY1305", "TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256"),
            cbc("ECDHE-ECDSA-AES128-SHA256", "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256", 128, "SHA256", "TLSV1.2"),
            cbc("ECDHE-RSA-AES128-SHA256", "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256", 128, "SHA256", "TLSV1.2"),
            cbc("ECDHE-ECDSA-AES256-SHA384", "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384", 256, "SHA384", "TLSV1.2"),
            cbc("ECDHE-RSA-AES256-SHA384", "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384", 256, "SHA384", "TLSV1.2"),
            cbc("ECDHE-ECDSA-AES128-SHA", "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA", 128, "SHA1", "TLSV1"),
            cbc("ECDHE-RSA-AES128-SHA", "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", 128, "SHA1", "TLSV1"),
            cbc("ECDHE-ECDSA-AES256-SHA", "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA", 256, "SHA1", "TLSV1"),
            cbc("ECDHE-RSA-AES256-SHA", "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA", 256, "SHA1", "TLSV1"),
            cbc("DHE-RSA-AES128-SHA256", "TLS_DHE_RSA_WITH_AES_128_CBC_SHA256", 128, "SHA256", "TLSV1.2"),
            cbc("DHE-RSA-AES256-SHA256", "TLS_DHE_RSA_WITH_AES_256_CBC_SHA256", 256, "SHA256", "TLSV1.2"),
            cbc("DHE-RSA-AES128-SHA", "TLS_DHE_RSA_WITH_AES_128_CBC_SHA", 128, "SHA1", "SSLV3"),
            cbc("DHE-RSA-AES256-SHA", "TLS_DHE_RSA_WITH_AES_256_CBC_SHA", 256, "SHA1", "SSLV3"),
            gcm("AES128-GCM-SHA256", "TLS_RSA_WITH_AES_128_GCM_SHA256", 128),
            gcm("AES256-GCM-SHA384", "TLS_RSA_WITH_AES_256_GCM_SHA384", 256),
            cbc("AES128-SHA256", "TLS_RSA_WITH_AES_128_CBC_SHA256", 128, "SHA256", "TLSV1.2"),
            cbc("AES256-SHA256", "TLS_RSA_WITH_AES_256_CBC_SHA256", 256, "SHA256", "TLSV1.2"),
            cbc("AES128-SHA", "TLS_RSA_WITH_AES_128_CBC_SHA", 128, "SHA1", "SSLV3"),
            cbc("AES256-SHA", "TLS_RSA_WITH_AES_256_CBC_SHA", 256, "SHA1", "SSLV3"));

    /// The suites of TLS 1.3, whose two names are one.
    public static final List<String> TLS_1_3 =
            List.of("TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256", "TLS_AES_128_GCM_SHA256");

    public CipherSuite {
        words = Set.copyOf(words);
    }

    private static CipherSuite gcm(String openSslName, String name, int bits) {
        String hash = bits == 256 ? "SHA384" : "SHA256";
        return suite(openSslName, name, bits, "AES", "AES" + bits, "AESGCM", "AEAD", hash, "TLSV1.2");
    }

    private static CipherSuite chaCha(String openSslName, String name) {
        return suite(openSslName, name, 256, "CHACHA20", "AEAD", "TLSV1.2");
    }

    private static CipherSuite cbc(String openSslName, String name, int bits, String hash, String version) {
        return hash.equals("SHA1")
                ? suite(openSslName, name, bits, "AES", "AES" + bits, "SHA1", "SHA", version)
                : suite(openSslName, name, bits, "AES", "AES" + bits, hash, version);
    }

    private static CipherSuite suite(String openSslName, String name, int bits, String... more) {
        List<String> exchange;
        if (openSslName.startsWith("ECDHE-ECDSA")) {
            exchange = List.of("ECDHE", "EECDH", "KECDHE", "KEECDH", "ECDSA", "AECDSA");
        } else if (openSslName.startsWith("ECDHE")) {
            exchange = List.of("ECDHE", "EECDH", "KECDHE", "KEECDH", "ARSA");
        } else if (openSslName.startsWith("DHE")) {
            exchange = List.of("DHE", "EDH", "KDHE", "KEDH", "ARSA");
        } else {
            exchange = List.of("RSA", "KRSA", "ARSA");
        }
        Set<String> words = new HashSet<>(exchange);
        words.addAll(Arrays.asList(more));
        words.add("ALL");
        words.add("HIGH");
        words.add(openSslName.toUpperCase(Locale.ROOT));
        words.add(name.toUpperCase(Locale.ROOT));
        return new CipherSuite(openSslName, name, bits, words);
    }

    /// The name that OpenSSL shows for one of Java's; the same for those of TLS 1.3.
    public static String openSslName(String name) {
        CipherSuite known = find(name);
        return known == null ? name : known.openSslName;
    }

    private static @Nullable CipherSuite find(String name) {
        for (CipherSuite suite : ALL) {
            if (suite.name.equals(name)) {
                return suite;
            }
        }
        return null;
    }
}
