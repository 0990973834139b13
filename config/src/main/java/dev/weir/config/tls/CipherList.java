package dev.weir.config.tls;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// OpenSSL's language for cipher suites: words and names with `:` between them, each of which adds suites behind those
/// already there; `+` within an item means both words; before an item `-` takes suites out, `!` for good, `+` moves
/// them
/// to the end; `@STRENGTH` sorts. Stateless.
public final class CipherList {
    /// What stands for the preset choice.
    private static final Set<String> PRESET = Set.of("DEFAULT", "SECURE", "NORMAL", "FAST");

    /// Words of OpenSSL's for suites that nobody gets here; to add them adds nothing.
    private static final Set<String> NEVER_USED = Set.of("""
        COMPLEMENTOFALL COMPLEMENTOFDEFAULT MEDIUM LOW EXP EXPORT EXPORT40 EXPORT56 ENULL NULL ANULL ADH
        AECDH ADSS DSS PSK KPSK APSK KECDHEPSK KDHEPSK KRSAPSK SRP KSRP ASRP RC4 RC2 DES 3DES IDEA SEED
        CAMELLIA CAMELLIA128 CAMELLIA256 ARIA ARIA128 ARIA256 ARIAGCM AESCCM AESCCM8 MD5 GOST94 GOST89MAC
        KGOST AGOST AGOST01 SSLV2 KDH KDHR KDHD KECDHR ECDH FIPS SUITEB128 SUITEB192
        """.split("\\s+"));

    private CipherList() {}

    /// The suites that a list stands for, the preferred one first; never empty.
    ///
    /// @throws IllegalArgumentException if an item is not known or no suite is left; says why
    public static List<CipherSuite> parse(String list) {
        List<CipherSuite> chosen = new ArrayList<>();
        List<CipherSuite> banned = new ArrayList<>();
        for (String item : list.split("[:, ]+")) {
            if (!item.isEmpty()) {
                apply(item.toUpperCase(Locale.ROOT), chosen, banned);
            }
        }
        if (chosen.isEmpty()) {
            throw new IllegalArgumentException("no cipher is left");
        }
        return List.copyOf(chosen);
    }

    private static void apply(String item, List<CipherSuite> chosen, List<CipherSuite> banned) {
        if (item.equals("@STRENGTH")) {
            chosen.sort(Comparator.comparingInt(CipherSuite::bits).reversed());
            return;
        }
        if (item.matches("@SECLEVEL=[0-5]")) {
            return; // about keys, of which the engines have their own opinion
        }
        char sign = item.charAt(0);
        List<CipherSuite> meant = meant("!-+".indexOf(sign) >= 0 ? item.substring(1) : item);
        switch (sign) {
            case '!' -> {
                chosen.removeAll(meant);
                banned.addAll(meant);
            }
            case '-' -> chosen.removeAll(meant);
            case '+' -> {
                List<CipherSuite> moved =
                        chosen.stream().filter(meant::contains).toList();
                chosen.removeAll(moved);
                chosen.addAll(moved);
            }
            default ->
                meant.stream()
                        .filter(suite -> !chosen.contains(suite) && !banned.contains(suite))
                        .forEach(chosen::add);
        }
    }

    private static List<CipherSuite> meant(String item) {
        List<CipherSuite> meant = new ArrayList<>(CipherSuite.ALL);
        for (String word : item.split("\\+", -1)) {
            if (PRESET.contains(word)) {
                continue;
            }
            boolean known =
                    CipherSuite.ALL.stream().anyMatch(suite -> suite.words().contains(word));
            if (!known && !NEVER_USED.contains(word)) {
                throw new IllegalArgumentException("unknown cipher '" + word + "'");
            }
            meant.removeIf(suite -> !suite.words().contains(word));
        }
        return meant;
    }

    /// The suites of TLS 1.3 that a list names, with `:` or `,` between them; all for an empty list.
    ///
    /// @throws IllegalArgumentException if one is not known; says why
    public static List<String> parseTls13(String list) {
        List<String> chosen = new ArrayList<>();
        for (String item : list.split("[:, ]+")) {
            String name = item.toUpperCase(Locale.ROOT);
            if (name.isEmpty()) {
                continue;
            }
            if (!CipherSuite.TLS_1_3.contains(name)) {
                throw new IllegalArgumentException("unknown cipher suite '" + item + "'");
            }
            if (!chosen.contains(name)) {
                chosen.add(name);
            }
        }
        return chosen.isEmpty() ? CipherSuite.TLS_1_3 : List.copyOf(chosen);
    }
}
