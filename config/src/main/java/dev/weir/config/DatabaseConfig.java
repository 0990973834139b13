package dev.weir.config;

import dev.weir.config.setting.AuthSettings;
import dev.weir.config.setting.DatabaseSettings;
import dev.weir.config.setting.SettingValues;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One entry of `[databases]`, or a database made from the `*` entry. Immutable.
///
/// @param name the name clients ask for
/// @param automatic whether it was made from the `*` entry
/// @param origin where the entry is written
/// @param values what the entry says; what it leaves open is the matter of [WeirConfig]
public record DatabaseConfig(String name, boolean automatic, Origin origin, SettingValues values) {
    /// The name of the entry that stands for all databases without one.
    public static final String WILDCARD = "*";

    /// The database's name on the server.
    public String serverDatabase() {
        String dbname = values.get(DatabaseSettings.DBNAME);
        return dbname.isEmpty() ? name : dbname;
    }

    /// The hosts as written; none means a Unix socket in the global `unix_socket_dir`.
    public List<String> hosts() {
        return values.get(DatabaseSettings.HOST);
    }

    public int port() {
        return values.get(DatabaseSettings.PORT);
    }

    /// The user that every client becomes on the server, or null if each stays itself.
    public @Nullable String forcedUser() {
        return emptyToNull(values.get(DatabaseSettings.USER));
    }

    /// The forced user's password, or null.
    public @Nullable Secret password() {
        return values.find(AuthSettings.PASSWORD);
    }

    /// The query to run on every new server connection, or null.
    public @Nullable String connectQuery() {
        return emptyToNull(values.get(DatabaseSettings.CONNECT_QUERY));
    }

    public LoadBalanceHosts loadBalanceHosts() {
        return values.get(DatabaseSettings.LOAD_BALANCE_HOSTS);
    }

    /// The same entry under the name of a database that a client asked for.
    DatabaseConfig automaticallyNamed(String requested) {
        return new DatabaseConfig(requested, true, origin, values);
    }

    /// The same entry with another password, or this one if there is none.
    DatabaseConfig withPassword(@Nullable Secret password) {
        return password == null
                ? this
                : new DatabaseConfig(name, automatic, origin, values.with(AuthSettings.PASSWORD, password));
    }

    private static @Nullable String emptyToNull(String text) {
        return text.isEmpty() ? null : text;
    }
}
