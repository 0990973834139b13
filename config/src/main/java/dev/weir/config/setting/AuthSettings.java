package dev.weir.config.setting;

import static dev.weir.config.setting.SettingBuilder.global;
import static dev.weir.config.setting.SettingBuilder.only;

import dev.weir.config.AuthType;
import dev.weir.config.Secret;
import java.util.EnumSet;

/// Who may log in, and how they prove who they are.
public final class AuthSettings {
    static final SettingTable TABLE = new SettingTable("Authentication");

    private static final EnumSet<AuthType> KNOWN_TYPES =
            EnumSet.of(AuthType.TRUST, AuthType.ANY, AuthType.PLAIN, AuthType.MD5, AuthType.SCRAM_SHA_256);
    private static final String DEFAULT_AUTH_QUERY = "SELECT rolname, CASE WHEN rolvaliduntil < now() THEN NULL "
            + "ELSE rolpassword END FROM pg_authid WHERE rolname=$1 AND rolcanlogin";

    public static final Setting<AuthType> AUTH_TYPE = global(
                    "auth_type", ValueTypes.choice(AuthType.class), AuthType.MD5)
            .supports("`trust`, `any`, `plain`, `md5` and `scram-sha-256`", KNOWN_TYPES::contains)
            .doc(
                    TABLE,
                    "How clients prove who they are. `md5` uses SCRAM for users whose stored secret is a SCRAM one;"
                            + " `trust` asks for nothing but the user must exist; `any` does not even look at the name,"
                            + " and needs `user` for every database.");
    public static final Setting<String> AUTH_FILE = global("auth_file", ValueTypes.PATH, "")
            .nullWhenEmpty()
            .doc(
                    TABLE,
                    "The file of users and their secrets, in PgBouncer's `userlist.txt` format. Users can also be "
                            + "given a `password` in `[users]`.");
    public static final Setting<Secret> PASSWORD = only(Scope.DATABASE, "password", ValueTypes.SECRET, Secret.EMPTY)
            .alsoIn(Scope.USER)
            .doc(
                    TABLE,
                    "For a database: the password with which its forced `user` logs in to the server. For a user: "
                            + "its secret, as in `auth_file`. Environment variables can be used, as `${NAME}`.");
    public static final Setting<String> PASSWORD_FILE = only(Scope.DATABASE, "password_file", ValueTypes.PATH, "")
            .alsoIn(Scope.USER)
            .weir()
            .doc(TABLE, "A file whose first line is the `password`; read at start and at each RELOAD.");
    public static final Setting<Integer> SCRAM_ITERATIONS = global(
                    "scram_iterations", ValueTypes.integer(1, 10_000_000), 4_096)
            .since("1.25")
            .doc(TABLE, "The iteration count of SCRAM exchanges for users whose password is known in clear text.");
    public static final Setting<String> LOGIN_NOTIFY_MESSAGE = global("login_notify_message", ValueTypes.TEXT, "")
            .since("after 1.25")
            .doc(TABLE, "A NOTICE that every client gets after its login; empty for none.");
    public static final Setting<String> AUTH_HBA_FILE = global("auth_hba_file", ValueTypes.PATH, "")
            .since("1.7")
            .missing()
            .doc(TABLE, "The file of rules for `auth_type` `hba`.");
    public static final Setting<String> AUTH_IDENT_FILE = global("auth_ident_file", ValueTypes.PATH, "")
            .since("1.23")
            .nullWhenEmpty()
            .missing()
            .doc(TABLE, "The file that maps names of the operating system or of certificates to user names.");
    public static final Setting<String> AUTH_QUERY = global("auth_query", ValueTypes.QUERY, DEFAULT_AUTH_QUERY)
            .since("1.6")
            .alsoIn(Scope.DATABASE)
            .missing()
            .doc(TABLE, "The query that `auth_user` asks the server for a user's secret.");
    public static final Setting<String> AUTH_USER = global("auth_user", ValueTypes.USER_NAME, "")
            .since("1.6")
            .alsoIn(Scope.DATABASE)
            .nullWhenEmpty()
            .missing()
            .doc(TABLE, "The user that runs `auth_query` for users who are not in `auth_file`.");
    public static final Setting<String> AUTH_DBNAME = global("auth_dbname", ValueTypes.DATABASE_NAME, "")
            .since("1.19")
            .alsoIn(Scope.DATABASE)
            .nullWhenEmpty()
            .missing()
            .doc(TABLE, "The database in which `auth_query` is run, instead of the client's.");
    public static final Setting<String> AUTH_LDAP_OPTIONS = global("auth_ldap_options", ValueTypes.TEXT, "")
            .since("1.25")
            .nullWhenEmpty()
            .missing()
            .doc(TABLE, "The LDAP server and how to ask it, for `auth_type` `ldap`.");

    private AuthSettings() {}
}
