package dev.weir.proxy.tls;

import io.netty.util.NetUtil;
import java.security.cert.CertificateException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import org.jspecify.annotations.Nullable;

/**
 * Whether a certificate names a host, by libpq's rules: its alternative names count, the common name only where it has none; a
 * {@code *} stands for the whole of the first label. Unlike Java's own check it takes names that are no proper names of the
 * DNS, such as those with an underscore, which container networks give.
 */
public final class HostName {

    private static final int DNS_NAME = 2;
    private static final int IP_ADDRESS = 7;

    private HostName() {}

    /**
     * Looks whether it does.
     *
     * @throws CertificateException if it does not
     */
    public static void check(X509Certificate certificate, String host) throws CertificateException {
        List<String> names = new ArrayList<>();
        byte @Nullable [] address = NetUtil.createByteArrayFromIpAddressString(host);
        for (List<?> alternative : alternatives(certificate)) {
            int kind = (Integer) alternative.get(0);
            if (kind == DNS_NAME || kind == IP_ADDRESS) {
                String name = String.valueOf(alternative.get(1));
                names.add(name);
                boolean fits = kind == DNS_NAME
                        ? matches(name, host)
                        : address != null && Arrays.equals(address, NetUtil.createByteArrayFromIpAddressString(name));
                if (fits) {
                    return;
                }
            }
        }
        if (names.isEmpty()) {
            String common = commonName(certificate);
            if (common != null && matches(common, host)) {
                return;
            }
            names.add(common == null ? "nobody" : common);
        }
        String others = names.size() == 1 ? "" : " (and " + (names.size() - 1) + " other names)";
        throw new CertificateException("server certificate for \"" + names.getFirst() + "\"" + others
                + " does not match host name \"" + host + "\"");
    }

    private static Collection<List<?>> alternatives(X509Certificate certificate) throws CertificateParsingException {
        Collection<List<?>> found = certificate.getSubjectAlternativeNames();
        return found == null ? List.of() : found;
    }

    static boolean matches(String pattern, String host) {
        String wanted = plain(host);
        String named = plain(pattern);
        if (!named.startsWith("*.")) {
            return named.equals(wanted);
        }
        int dot = wanted.indexOf('.');
        // of an address no part may be left open
        return dot > 0
                && named.indexOf('.', 2) > 0
                && wanted.substring(dot).equals(named.substring(1))
                && NetUtil.createByteArrayFromIpAddressString(wanted) == null;
    }

    private static String plain(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    }

    private static @Nullable String commonName(X509Certificate certificate) {
        try {
            for (Rdn part : new LdapName(certificate.getSubjectX500Principal().getName()).getRdns()) {
                if (part.getType().equalsIgnoreCase("CN") && part.getValue() instanceof String name) {
                    return name;
                }
            }
            return null;
        } catch (InvalidNameException _) {
            return null;
        }
    }
}
