package dev.weir.config.access;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;

/// An LDAP URL (RFC 4516): `ldap[s]://host[:port]/basedn[?attribute[?scope[?filter]]]`. Immutable.
///
/// @param port 0 for the scheme's own
record LdapUrl(
        boolean tls, String host, int port, String baseDn, String attribute, LdapOptions.Scope scope, String filter) {
    static LdapUrl parse(String url) throws BadOption {
        boolean tls = url.startsWith("ldaps://");
        if (!tls && !url.startsWith("ldap://")) {
            throw new BadOption("ldapurl is to begin with ldap:// or ldaps://");
        }
        String rest = url.substring(url.indexOf("://") + 3);
        int slash = rest.indexOf('/');
        String authority = slash < 0 ? rest : rest.substring(0, slash);
        String[] parts = (slash < 0 ? "" : rest.substring(slash + 1)).split("\\?", -1);
        if (parts.length > 4) {
            throw new BadOption("ldapurl has extensions, which are not supported");
        }
        int port = 0;
        String host = authority;
        int colon = authority.lastIndexOf(':');
        if (colon > authority.lastIndexOf(']')) {
            host = authority.substring(0, colon);
            String digits = authority.substring(colon + 1);
            port = digits.matches("[0-9]{1,5}") ? Integer.parseInt(digits) : 0;
            if (port < 1 || port > 65_535) {
                throw new BadOption("ldapurl has a port that is none");
            }
        }
        return new LdapUrl(
                tls, host, port, part(parts, 0), firstOf(part(parts, 1)), scope(part(parts, 2)), part(parts, 3));
    }

    private static String firstOf(String attributes) {
        int comma = attributes.indexOf(',');
        return comma < 0 ? attributes : attributes.substring(0, comma);
    }

    private static String part(String[] parts, int at) throws BadOption {
        if (at >= parts.length) {
            return "";
        }
        try {
            return URLDecoder.decode(parts[at].replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException _) {
            throw new BadOption("ldapurl has a % without two hexadecimal digits");
        }
    }

    private static LdapOptions.Scope scope(String word) throws BadOption {
        return switch (word) {
            case "", "sub" -> LdapOptions.Scope.SUBTREE;
            case "one" -> LdapOptions.Scope.ONE_LEVEL;
            case "base" -> LdapOptions.Scope.BASE;
            default -> throw new BadOption("ldapurl is to have the scope base, one or sub");
        };
    }
}
