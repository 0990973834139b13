package dev.weir.config.setting;

import static dev.weir.config.setting.SettingBuilder.global;
import static dev.weir.config.setting.SettingBuilder.only;

import dev.weir.config.AuthType;
import dev.weir.config.Secret;
import dev.weir.config.access.LdapOptions;
import java.time.Duration;

/// Who may log in, and how they prove who they are.
public final class AuthSettings {
    static final SettingTable TABLE = new SettingTable("Authentication");

    private static final String DEFAULT_AUTH_QUERY = "SELECT rolname, CASE WHEN rolvaliduntil < now() THEN NULL "
            + "ELSE rolpassword END FROM pg_authid WHERE rolname=$1 AND rolcanlogin";

    public static final Setting<AuthType> AUTH_TYPE = global(
                    "auth_type", ValueTypes.choice(AuthType.class), AuthType.MD5)
            .doc(
                    TABLE,
                    "How clients prove who they are. `md5` uses SCRAM for users whose stored secret is a SCRAM one;"
                            + " `trust` asks for nothing but the user must exist; `any` does not even look at the name,"
                            + " and needs `user` for every database; `hba` lets `auth_hba_file` decide; `cert` wants a"
                            + " certificate with the user's name; `ldap` and `pam` ask others about the password. See"
                            + " [authentication.md](authentication.md).");
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
            .doc(
                    TABLE,
                    "A file whose first line is the `password`. It is read again as soon as it changes; new"
                            + " connections use what it then says.");
    public static final Setting<String> PASSWORD_COMMAND = only(
                    Scope.DATABASE, "password_command", ValueTypes.QUERY, "")
            .alsoIn(Scope.USER)
            .weir()
            .doc(
                    TABLE,
                    "A command whose output is the `password`, such as one that makes a token for a database in a"
                            + " cloud. Run by `/bin/sh -c`, at start and each `password_refresh_interval`.");
    public static final Setting<Duration> PASSWORD_REFRESH_INTERVAL = global(
                    "password_refresh_interval", ValueTypes.INTERVAL, Duration.ofMinutes(10))
            .weir()
            .alsoIn(Scope.DATABASE)
            .alsoIn(Scope.USER)
            .doc(
                    TABLE,
                    "How often `password_command` is run. Choose it well below the time for which its output is good:"
                            + " if the command fails the output before stays in use.");
    public static final Setting<Duration> PASSWORD_COMMAND_TIMEOUT = global(
                    "password_command_timeout", ValueTypes.INTERVAL, Duration.ofSeconds(10))
            .weir()
            .doc(TABLE, "How long `password_command` may run before it is killed.");
    public static final Setting<Integer> SCRAM_ITERATIONS = global(
                    "scram_iterations", ValueTypes.integer(1, 10_000_000), 4_096)
            .since("1.25")
            .doc(TABLE, "The iteration count of SCRAM exchanges for users whose password is known in clear text.");
    public static final Setting<String> LOGIN_NOTIFY_MESSAGE = global("login_notify_message", ValueTypes.TEXT, "")
            .since("after 1.25")
            .doc(TABLE, "A NOTICE that every client gets after its login; empty for none.");
    public static final Setting<String> AUTH_HBA_FILE = global("auth_hba_file", ValueTypes.PATH, "")
            .since("1.7")
            .differs(
                    "A line that cannot be read is an error: Weir does not start, and after a RELOAD the old rules stay"
                            + " in force.")
            .doc(TABLE, "The file of rules for `auth_type` `hba`, read again at each RELOAD.");
    public static final Setting<String> AUTH_IDENT_FILE = global("auth_ident_file", ValueTypes.PATH, "")
            .since("1.23")
            .nullWhenEmpty()
            .differs("Takes regular expressions, as PostgreSQL's `pg_ident.conf`.")
            .doc(
                    TABLE,
                    "The file that maps names of the operating system or of certificates to user names, for rules with"
                            + " `map=`.");
    public static final Setting<String> AUTH_QUERY = global("auth_query", ValueTypes.QUERY, DEFAULT_AUTH_QUERY)
            .since("1.6")
            .alsoIn(Scope.DATABASE)
            .doc(
                    TABLE,
                    "The query that `auth_user` asks the server for a user's secret: one text parameter, two columns,"
                            + " the user's name and its secret.");
    public static final Setting<String> AUTH_USER = global("auth_user", ValueTypes.USER_NAME, "")
            .since("1.6")
            .alsoIn(Scope.DATABASE)
            .nullWhenEmpty()
            .doc(TABLE, "The user that runs `auth_query` for users of whom no secret is known.");
    public static final Setting<String> AUTH_DBNAME = global("auth_dbname", ValueTypes.DATABASE_NAME, "")
            .since("1.19")
            .alsoIn(Scope.DATABASE)
            .nullWhenEmpty()
            .doc(TABLE, "The database in which `auth_query` is run, instead of the client's.");
    public static final Setting<Duration> AUTH_QUERY_CACHE = global(
                    "auth_query_cache", ValueTypes.DURATION, Duration.ZERO)
            .weir()
            .doc(
                    TABLE,
                    "How long an answer of `auth_query` is used again; 0 asks at each login. Logins of one user that"
                            + " come together always share one query, and a wrong password makes the next login ask"
                            + " again.");
    public static final Setting<LdapOptions> AUTH_LDAP_OPTIONS = global(
                    "auth_ldap_options", ValueTypes.LDAP_OPTIONS, LdapOptions.NONE)
            .since("1.25")
            .nullWhenEmpty()
            .doc(
                    TABLE,
                    "The LDAP server and how to ask it, for `auth_type` `ldap`; as behind `ldap` in `auth_hba_file`.");
    public static final Setting<String> AUTH_LDAP_CA_FILE = global("auth_ldap_ca_file", ValueTypes.PATH, "")
            .weir()
            .doc(
                    TABLE,
                    "The certificates (PEM) by which LDAP servers are known under TLS; empty for those that Java"
                            + " trusts. Their names are always checked.");
    public static final Setting<String> AUTH_PAM_SERVICE = global("auth_pam_service", ValueTypes.PATH, "pgbouncer")
            .weir()
            .doc(
                    TABLE,
                    "The PAM service for `auth_type` `pam`; with a slash in it, the file that describes the service.");
    public static final Setting<Integer> AUTH_PAM_CONCURRENCY = global(
                    "auth_pam_concurrency", ValueTypes.integer(1, 64), 1)
            .weir()
            .doc(
                    TABLE,
                    "How many logins PAM is asked about at a time. More than one only with modules that bear to be"
                            + " called by several threads, as those of Linux-PAM itself do.");

    private AuthSettings() {}
}
