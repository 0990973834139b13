package dev.weir.proxy.auth;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.security.auth.x500.X500Principal;

/// The names that a certificate gives its owner: the common name of the subject, and the DNS names among the
/// alternative names.
public final class CertificateNames {
    private static final int DNS_NAME = 2;
    private static final String COMMON_NAME = "CN";

    private CertificateNames() {}

    /// All of them, the common name first; none that contains a NUL.
    public static List<String> of(X509Certificate certificate) {
        List<String> names = new ArrayList<>();
        addCommonName(certificate.getSubjectX500Principal(), names);
        addDnsNames(certificate, names);
        names.removeIf(name -> name.isEmpty() || name.indexOf('\0') >= 0);
        return List.copyOf(names);
    }

    /// Whether a certificate's name is this user's, as PostgreSQL compares: exactly, and a name with a wildcard is
    /// nobody's.
    public static boolean isSame(String name, String user) {
        return name.indexOf('*') < 0 && name.equals(user);
    }

    /// The same as PgBouncer compares, by the rules for names of hosts: in any case, and `*.` at the beginning stands
    /// for
    /// one label.
    public static boolean isSameHost(String name, String user) {
        if (name.equalsIgnoreCase(user)) {
            return true;
        }
        int label = user.indexOf('.');
        String domain = label > 0 ? user.substring(label) : "";
        return name.startsWith("*.")
                && domain.length() > 1
                && name.indexOf('.', 2) > 2
                && name.substring(1).equalsIgnoreCase(domain);
    }

    /// The common name that is written first, as OpenSSL takes it; RFC 2253 turns the order round.
    private static void addCommonName(X500Principal subject, List<String> names) {
        try {
            for (Rdn rdn : new LdapName(subject.getName(X500Principal.RFC2253)).getRdns()) {
                if (rdn.getType().equalsIgnoreCase(COMMON_NAME) && rdn.getValue() instanceof String name) {
                    names.add(name);
                    return;
                }
            }
        } catch (InvalidNameException _) {
            // a subject that cannot be read names nobody
        }
    }

    private static void addDnsNames(X509Certificate certificate, List<String> names) {
        try {
            Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
            if (alternatives == null) {
                return;
            }
            for (List<?> alternative : alternatives) {
                if (alternative.size() == 2
                        && Integer.valueOf(DNS_NAME).equals(alternative.getFirst())
                        && alternative.getLast() instanceof String name) {
                    names.add(name);
                }
            }
        } catch (CertificateParsingException _) {
            // alternative names that cannot be read name nobody
        }
    }
}
