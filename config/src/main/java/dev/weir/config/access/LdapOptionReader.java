package dev.weir.config.access;

import dev.weir.config.Secret;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Puts LDAP options together, one by one, and sees to it that they belong together.
final class LdapOptionReader {
    private static final String DEFAULT_ATTRIBUTE = "uid";

    private final Set<String> given = new HashSet<>();
    private List<String> servers = List.of();
    private int port;
    private boolean tlsFromStart;
    private boolean startTls;
    private String prefix = "";
    private String suffix = "";
    private String baseDn = "";
    private String bindDn = "";
    private Secret bindPassword = Secret.EMPTY;
    private String searchAttribute = "";
    private String searchFilter = "";
    private LdapOptions.Scope scope = LdapOptions.Scope.SUBTREE;

    /// Takes `name=value`.
    void add(String option) throws BadOption {
        int equals = option.indexOf('=');
        if (equals <= 0) {
            throw new BadOption("expected name=value, got " + shown(option));
        }
        String name = option.substring(0, equals);
        if (!given.add(name)) {
            throw new BadOption(shown(name) + " is given twice");
        }
        add(name, option.substring(equals + 1));
    }

    private void add(String name, String value) throws BadOption {
        switch (name) {
            case "ldapserver" -> servers = servers(value);
            case "ldapport" -> port = port(value);
            case "ldapscheme" -> tlsFromStart = isTls(value);
            case "ldaptls" -> startTls = flag(value);
            case "ldapprefix" -> prefix = value;
            case "ldapsuffix" -> suffix = value;
            case "ldapbasedn" -> baseDn = value;
            case "ldapbinddn" -> bindDn = value;
            case "ldapbindpasswd" -> bindPassword = new Secret(value);
            case "ldapsearchattribute" -> searchAttribute = value;
            case "ldapsearchfilter" -> searchFilter = value;
            case "ldapurl" -> url(LdapUrl.parse(value));
            default -> throw new BadOption("unknown option " + shown(name));
        }
    }

    private void url(LdapUrl url) throws BadOption {
        tlsFromStart = url.tls();
        servers = url.host().isEmpty() ? List.of() : servers(url.host());
        port = url.port();
        baseDn = url.baseDn();
        searchAttribute = url.attribute();
        searchFilter = url.filter();
        scope = url.scope();
    }

    private static List<String> servers(String value) throws BadOption {
        List<String> names = Arrays.stream(value.strip().split("\\s+"))
                .filter(name -> !name.isEmpty())
                .toList();
        if (names.isEmpty()) {
            throw new BadOption("ldapserver names no server");
        }
        return names;
    }

    private static int port(String value) throws BadOption {
        int number = value.matches("[0-9]{1,5}") ? Integer.parseInt(value) : 0;
        if (number < 1 || number > 65_535) {
            throw new BadOption("ldapport is to be a port from 1 to 65535");
        }
        return number;
    }

    private static boolean isTls(String value) throws BadOption {
        return switch (value) {
            case "ldap" -> false;
            case "ldaps" -> true;
            default -> throw new BadOption("ldapscheme is to be ldap or ldaps");
        };
    }

    private static boolean flag(String value) throws BadOption {
        return switch (value) {
            case "0" -> false;
            case "1" -> true;
            default -> throw new BadOption("ldaptls is to be 0 or 1");
        };
    }

    /// All of them, if they go together.
    LdapOptions options() throws BadOption {
        boolean direct = !prefix.isEmpty() || !suffix.isEmpty();
        boolean search = !baseDn.isEmpty()
                || !bindDn.isEmpty()
                || !bindPassword.isEmpty()
                || !searchAttribute.isEmpty()
                || !searchFilter.isEmpty();
        if (servers.isEmpty()) {
            throw new BadOption("ldapserver or ldapurl is missing");
        }
        if (direct && search) {
            throw new BadOption("ldapprefix and ldapsuffix do not go together with options of a search");
        }
        if (!direct && baseDn.isEmpty()) {
            throw new BadOption("ldapbasedn, or ldapprefix or ldapsuffix, is missing");
        }
        if (!searchAttribute.isEmpty() && !searchFilter.isEmpty()) {
            throw new BadOption("ldapsearchattribute and ldapsearchfilter do not go together");
        }
        if (tlsFromStart && startTls) {
            throw new BadOption("ldaptls does not go together with ldaps");
        }
        return new LdapOptions(
                servers,
                port,
                tlsFromStart,
                startTls,
                prefix,
                suffix,
                baseDn,
                bindDn,
                bindPassword,
                searchAttribute.isEmpty() ? DEFAULT_ATTRIBUTE : searchAttribute,
                searchFilter,
                scope);
    }

    /// A name that may turn up in a message: an option's, never its value.
    private static String shown(String name) {
        String word = name.length() <= 40 ? name : name.substring(0, 40) + "…";
        return word.indexOf('=') >= 0 ? "a value" : word;
    }
}
