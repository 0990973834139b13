package dev.weir.proxy.testkit;

import java.util.List;

/// The users and databases that every test server has, and how each logs in over TCP.
public final class Accounts {
    /// The main database.
    public static final String DATABASE = "app";

    /// A second database.
    public static final String OTHER_DATABASE = "other";

    /// Logs in with SCRAM.
    public static final Login APP = new Login("app", "app-secret", DATABASE);

    /// A second user with SCRAM.
    public static final Login OTHER = new Login("other", "other-secret", DATABASE);

    /// Logs in with MD5.
    public static final Login MD5 = new Login("md5_user", "md5-secret", DATABASE);

    /// Logs in with the password in clear.
    public static final Login PLAIN = new Login("plain_user", "plain-secret", DATABASE);

    /// Logs in to the server without being asked for the password.
    public static final Login TRUSTED = new Login("trust_user", "trust-secret", DATABASE);

    /// Is turned away by pg_hba.conf.
    public static final Login REJECTED = new Login("rejected_user", "rejected-secret", DATABASE);

    /// The superuser, who logs in with SCRAM over TCP and freely over the Unix socket.
    public static final Login SUPERUSER = new Login("postgres", "postgres-secret", DATABASE);

    /// Everybody who can log in.
    public static final List<Login> ALL = List.of(APP, OTHER, MD5, PLAIN, TRUSTED, SUPERUSER);

    private Accounts() {}

    /// What stands in pg_hba.conf.
    ///
    /// @param clients the addresses from which tests connect, as pg_hba.conf writes them
    static List<String> hbaLines(String clients) {
        return List.of(
                "local all all trust",
                "host replication all " + clients + " scram-sha-256",
                "host all rejected_user " + clients + " reject",
                "host all trust_user " + clients + " trust",
                "host all plain_user " + clients + " password",
                "host all md5_user " + clients + " md5",
                "host all all " + clients + " scram-sha-256");
    }

    static List<String> sql() {
        return List.of(
                "ALTER USER postgres PASSWORD 'postgres-secret'",
                "CREATE USER app PASSWORD 'app-secret'",
                "CREATE USER other PASSWORD 'other-secret'",
                "CREATE USER plain_user PASSWORD 'plain-secret'",
                "CREATE USER trust_user",
                "CREATE USER rejected_user PASSWORD 'rejected-secret'",
                "SET password_encryption = 'md5'",
                "CREATE USER md5_user PASSWORD 'md5-secret'",
                "RESET password_encryption",
                "CREATE DATABASE app OWNER app",
                "CREATE DATABASE other OWNER other");
    }

    static List<String> sqlInDatabase() {
        return List.of("GRANT ALL ON SCHEMA public TO PUBLIC");
    }
}
