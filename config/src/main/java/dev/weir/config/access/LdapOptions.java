package dev.weir.config.access;

import dev.weir.config.Secret;
import java.util.List;
import java.util.stream.Collectors;

/// How to ask an LDAP server about a password. Immutable; `toString` hides the password of the search.
///
/// Either the user's name between `prefix` and `suffix` is whom to bind as, or it is looked for under `baseDn` first.
///
/// @param servers host names, tried in this order; empty only for [#NONE]
/// @param port 0 for the scheme's own
/// @param tlsFromStart the scheme `ldaps`
/// @param startTls whether to change to TLS on an open connection
/// @param prefix what stands before the user's name
/// @param suffix what stands behind it
/// @param baseDn where to search; empty where nothing is searched
/// @param bindDn as whom to search; empty for anonymously
/// @param bindPassword the password for that
/// @param searchAttribute the attribute that holds the user's name, where there is no filter
/// @param searchFilter the filter, in which `$username` stands for the user's name; empty for none
/// @param scope how far below the base
public record LdapOptions(
        List<String> servers,
        int port,
        boolean tlsFromStart,
        boolean startTls,
        String prefix,
        String suffix,
        String baseDn,
        String bindDn,
        Secret bindPassword,
        String searchAttribute,
        String searchFilter,
        Scope scope) {
    /// Nothing is given.
    public static final LdapOptions NONE =
            new LdapOptions(List.of(), 0, false, false, "", "", "", "", Secret.EMPTY, "uid", "", Scope.SUBTREE);

    /// Stands for the user's name in a filter.
    public static final String USER_NAME = "$username";

    /// Which entries a search looks at.
    public enum Scope {
        BASE,
        ONE_LEVEL,
        SUBTREE
    }

    public LdapOptions {
        servers = List.copyOf(servers);
    }

    /// Whether an entry is searched for before anybody binds.
    public boolean searches() {
        return !baseDn.isEmpty();
    }

    /// Reads a line of options.
    ///
    /// @return [#NONE] for an empty line
    /// @throws BadOption if they make no sense
    public static LdapOptions parse(String line) throws BadOption {
        LdapOptionReader reader = new LdapOptionReader();
        List<List<Token>> fields = LineLexer.fields(line);
        for (List<Token> field : fields) {
            reader.add(joined(field));
        }
        return fields.isEmpty() ? NONE : reader.options();
    }

    /// One option; an unquoted comma belongs to its value, as in `ldapbasedn=dc=example,dc=org`.
    static String joined(List<Token> field) {
        return field.stream().map(Token::text).collect(Collectors.joining(","));
    }

    @Override
    public String toString() {
        if (servers.isEmpty()) {
            return "";
        }
        StringBuilder text = new StringBuilder("ldapserver=").append(quoted(String.join(" ", servers)));
        append(text, "ldapport", port == 0 ? "" : String.valueOf(port));
        append(text, "ldapscheme", tlsFromStart ? "ldaps" : "");
        append(text, "ldaptls", startTls ? "1" : "");
        append(text, "ldapprefix", prefix);
        append(text, "ldapsuffix", suffix);
        append(text, "ldapbasedn", baseDn);
        append(text, "ldapbinddn", bindDn);
        append(text, "ldapbindpasswd", bindPassword.isEmpty() ? "" : bindPassword.toString());
        append(text, "ldapsearchattribute", searches() && searchFilter.isEmpty() ? searchAttribute : "");
        append(text, "ldapsearchfilter", searchFilter);
        return text.toString();
    }

    private static void append(StringBuilder text, String name, String value) {
        if (!value.isEmpty()) {
            text.append(' ').append(name).append('=').append(quoted(value));
        }
    }

    private static String quoted(String value) {
        return value.matches("[^\\s,#\"]*") ? value : '"' + value.replace("\"", "\"\"") + '"';
    }
}
