package dev.weir.config.tls;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/// A version of TLS, and the language of `client_tls_protocols` and `server_tls_protocols`.
public enum TlsVersion {
    TLS_1_0("tlsv1.0", "TLSv1"),
    TLS_1_1("tlsv1.1", "TLSv1.1"),
    TLS_1_2("tlsv1.2", "TLSv1.2"),
    TLS_1_3("tlsv1.3", "TLSv1.3");

    private final String text;
    private final String jdkName;

    TlsVersion(String text, String jdkName) {
        this.text = text;
        this.jdkName = jdkName;
    }

    /// The name that Java's and BoringSSL's interfaces know it by, such as `TLSv1.2`.
    public String jdkName() {
        return jdkName;
    }

    /// Reads a list: names of versions, `secure` or `default` (1.2 and 1.3), `all`, `legacy` or `tlsv1` (every one);
    /// `!` or `-` before a word takes it away again, from all if nothing stands before it.
    ///
    /// @throws IllegalArgumentException if a word is not known or nothing is left; says why
    public static Set<TlsVersion> parse(String list) {
        EnumSet<TlsVersion> versions = EnumSet.noneOf(TlsVersion.class);
        boolean first = true;
        for (String item : list.split("[,:]", -1)) {
            String word = item.strip().toLowerCase(Locale.ROOT);
            boolean taken = word.startsWith("!") || word.startsWith("-");
            EnumSet<TlsVersion> named = named(taken ? word.substring(1).strip() : word);
            if (taken) {
                if (first) {
                    versions.addAll(EnumSet.allOf(TlsVersion.class));
                }
                versions.removeAll(named);
            } else {
                versions.addAll(named);
            }
            first = false;
        }
        if (versions.isEmpty()) {
            throw new IllegalArgumentException("no version is left");
        }
        return Collections.unmodifiableSet(versions);
    }

    private static EnumSet<TlsVersion> named(String word) {
        return switch (word) {
            case "secure", "default" -> EnumSet.of(TLS_1_2, TLS_1_3);
            case "all", "legacy", "tlsv1" -> EnumSet.allOf(TlsVersion.class);
            default -> {
                for (TlsVersion version : values()) {
                    if (version.text.equals(word)) {
                        yield EnumSet.of(version);
                    }
                }
                throw new IllegalArgumentException("unknown version '" + word + "'");
            }
        };
    }
}
