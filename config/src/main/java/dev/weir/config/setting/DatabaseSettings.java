package dev.weir.config.setting;

import static dev.weir.config.setting.SettingBuilder.only;

import dev.weir.config.LoadBalanceHosts;
import java.util.List;

/// Where a database really is, and how servers are logged in to.
public final class DatabaseSettings {
    static final SettingTable TABLE = new SettingTable("Databases");

    public static final Setting<String> DBNAME = only(Scope.DATABASE, "dbname", ValueTypes.DATABASE_NAME, "")
            .doc(TABLE, "The name of the database on the server. Unset: the name that clients ask for.");
    public static final Setting<List<String>> HOST = only(
                    Scope.DATABASE, "host", ValueTypes.listOf("hosts"), List.<String>of())
            .alsoIn(Scope.PEER)
            .doc(
                    TABLE,
                    "The server's host name or address; a directory (`/…`) or an abstract name (`@…`) for a Unix "
                            + "socket. Several are tried as `load_balance_hosts` says. Unset: the Unix socket in "
                            + "`unix_socket_dir`. For a peer: where it is.");
    public static final Setting<Integer> PORT = only(Scope.DATABASE, "port", ValueTypes.PORT, 5432)
            .doc(TABLE, "The server's port, the same for all hosts.");
    public static final Setting<String> USER = only(Scope.DATABASE, "user", ValueTypes.USER_NAME, "")
            .doc(
                    TABLE,
                    "The user that all clients of this database become on the server: one pool for everybody. "
                            + "Unset: each client's own.");
    public static final Setting<LoadBalanceHosts> LOAD_BALANCE_HOSTS = only(
                    Scope.DATABASE,
                    "load_balance_hosts",
                    ValueTypes.choice(LoadBalanceHosts.class),
                    LoadBalanceHosts.ROUND_ROBIN)
            .since("1.24")
            .doc(
                    TABLE,
                    "With several hosts: take the next one for each new connection (`round-robin`), or stay with "
                            + "one until a connection to it fails (`disable`).");
    public static final Setting<String> CONNECT_QUERY = only(Scope.DATABASE, "connect_query", ValueTypes.QUERY, "")
            .since("1.2")
            .doc(TABLE, "A query that is run on every new server connection before clients use it.");
    public static final Setting<String> CLIENT_ENCODING = only(Scope.DATABASE, "client_encoding", ValueTypes.TEXT, "")
            .since("1.1")
            .doc(TABLE, "The client_encoding that server connections are started with.");
    public static final Setting<String> DATESTYLE = only(Scope.DATABASE, "datestyle", ValueTypes.TEXT, "")
            .since("1.1")
            .doc(TABLE, "The DateStyle that server connections are started with.");
    public static final Setting<String> TIMEZONE = only(Scope.DATABASE, "timezone", ValueTypes.TEXT, "")
            .since("1.1")
            .doc(TABLE, "The TimeZone that server connections are started with.");
    public static final Setting<String> APPLICATION_NAME = only(Scope.DATABASE, "application_name", ValueTypes.TEXT, "")
            .since("1.4")
            .doc(TABLE, "The application_name that server connections are started with.");

    private DatabaseSettings() {}
}
