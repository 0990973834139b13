package dev.weir.config.tls;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// A group for the exchange of keys ("curve"), and the language of `client_tls_ecdhcurve`.
public enum KeyExchangeGroup {
    X25519_ML_KEM_768("X25519MLKEM768", "X25519MLKEM768"),
    X25519("x25519", "X25519"),
    P_256("secp256r1", "PRIME256V1 SECP256R1 P-256"),
    P_384("secp384r1", "SECP384R1 P-384"),
    P_521("secp521r1", "SECP521R1 P-521");

    /// What every engine has.
    private static final List<KeyExchangeGroup> PRESET = List.of(X25519, P_256, P_384, P_521);

    private final String jdkName;
    /// OpenSSL's names, in upper case with blanks between.
    private final String names;

    KeyExchangeGroup(String jdkName, String names) {
        this.jdkName = jdkName;
        this.names = names;
    }

    /// Java's name of it.
    public String jdkName() {
        return jdkName;
    }

    /// Reads a list of names, with `:` or `,` between them; `auto`, `none` and nothing mean the preset ones.
    ///
    /// @throws IllegalArgumentException if one is not known; says why
    public static List<KeyExchangeGroup> parse(String list) {
        List<KeyExchangeGroup> groups = new ArrayList<>();
        for (String item : list.split("[:, ]+")) {
            String name = item.toUpperCase(Locale.ROOT);
            if (name.isEmpty() || name.equals("AUTO") || name.equals("NONE")) {
                continue;
            }
            KeyExchangeGroup named = null;
            for (KeyExchangeGroup group : values()) {
                if (List.of(group.names.split(" ")).contains(name)) {
                    named = group;
                }
            }
            if (named == null) {
                throw new IllegalArgumentException("unknown curve '" + item + "'");
            }
            if (!groups.contains(named)) {
                groups.add(named);
            }
        }
        return groups.isEmpty() ? PRESET : List.copyOf(groups);
    }
}
