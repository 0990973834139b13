package dev.weir.proxy.auth.ldap;

import com.unboundid.ldap.sdk.Filter;
import com.unboundid.ldap.sdk.LDAPException;
import dev.weir.config.access.LdapOptions;
import org.jspecify.annotations.Nullable;

/// Puts names that strangers choose into names and filters of LDAP so that they stay names.
final class LdapNames {
    /// What means something in a distinguished name (RFC 4514, section 2.4).
    private static final String SPECIAL_IN_DN = ",+\"\\<>;=";

    private LdapNames() {}

    /// Whom to bind as; null if the user's name cannot be a part of that.
    static @Nullable String bindName(LdapOptions options, String user) {
        if (options.prefix().indexOf('=') >= 0) {
            return options.prefix() + escapedInDn(user) + options.suffix();
        }
        // DOMAIN\name or name@domain: nothing can be escaped there, and nothing has to be.
        for (int i = 0; i < user.length(); i++) {
            char c = user.charAt(i);
            if (c < ' ' || SPECIAL_IN_DN.indexOf(c) >= 0 || c == '@' || c == '/' || c == '*') {
                return null;
            }
        }
        return options.prefix() + user + options.suffix();
    }

    private static String escapedInDn(String value) {
        StringBuilder escaped = new StringBuilder(value.length() + 8);
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            boolean edge = (c == ' ' && (i == 0 || i == value.length() - 1)) || (c == '#' && i == 0);
            if (c < ' ') {
                escaped.append(String.format(java.util.Locale.ROOT, "\\%02x", (int) c));
            } else {
                if (edge || SPECIAL_IN_DN.indexOf(c) >= 0) {
                    escaped.append('\\');
                }
                escaped.append(c);
            }
        }
        return escaped.toString();
    }

    /// What to search for.
    ///
    /// @throws LDAPException if the configured filter is none
    static Filter filter(LdapOptions options, String user) throws LDAPException {
        if (options.searchFilter().isEmpty()) {
            return Filter.createEqualityFilter(options.searchAttribute(), user);
        }
        return Filter.create(options.searchFilter().replace(LdapOptions.USER_NAME, Filter.encodeValue(user)));
    }
}
