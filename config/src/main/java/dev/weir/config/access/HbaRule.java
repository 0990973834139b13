package dev.weir.config.access;

import dev.weir.config.Origin;

/// One line of `auth_hba_file`. Immutable.
///
/// @param origin where it is written
/// @param connection the first column
/// @param databases the second
/// @param users the third
/// @param addresses the fourth; [AddressRange#ALL] for `local`
/// @param method what those must show whom it fits
/// @param map the option `map`, empty for none
/// @param ldap the options of `ldap`, [LdapOptions#NONE] for other methods
public record HbaRule(
        Origin origin,
        Connection connection,
        HbaNames databases,
        HbaNames users,
        AddressRange addresses,
        HbaMethod method,
        String map,
        LdapOptions ldap) {
    /// Which way a client came.
    public enum Connection {
        /// Through a Unix socket.
        LOCAL,
        /// By TCP.
        HOST,
        /// By TCP and under TLS.
        HOSTSSL,
        /// By TCP and not under TLS.
        HOSTNOSSL
    }

    /// Whether it is for this login.
    public boolean fits(LoginFacts login) {
        return fitsConnection(login) && databases.fitDatabase(login) && users.fitUser(login);
    }

    private boolean fitsConnection(LoginFacts login) {
        if (login.address() == null) {
            return connection == Connection.LOCAL;
        }
        boolean way = switch (connection) {
            case LOCAL -> false;
            case HOST -> true;
            case HOSTSSL -> login.encrypted();
            case HOSTNOSSL -> !login.encrypted();
        };
        return way && addresses.contains(login.address());
    }
}
