package dev.weir.config.access;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a rule of `auth_hba_file` asks of those whom it fits.
public enum HbaMethod {
    /// Nothing, but the user must be known.
    TRUST("trust"),
    /// They are turned away.
    REJECT("reject"),
    MD5("md5"),
    /// The password in clear text.
    PASSWORD("password"),
    SCRAM_SHA_256("scram-sha-256"),
    /// The name that the operating system gives to whoever is at the other end of a Unix socket.
    PEER("peer"),
    /// A certificate with the user's name.
    CERT("cert"),
    /// A password that an LDAP server confirms.
    LDAP("ldap");

    private final String text;

    HbaMethod(String text) {
        this.text = text;
    }

    /// The word in the file.
    public String text() {
        return text;
    }

    /// The method of this name, or null.
    public static @Nullable HbaMethod find(String word) {
        return Arrays.stream(values())
                .filter(method -> method.text.equals(word))
                .findFirst()
                .orElse(null);
    }

    /// The words of all methods.
    public static List<String> words() {
        return Arrays.stream(values()).map(HbaMethod::text).toList();
    }
}
